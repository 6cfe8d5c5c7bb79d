set terminal svg size 1560,480 noenhanced background 'white'
set output 'medmnist_two_sets_head_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'head parameters'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
0.5 0.672128653 0.0364333802 "quantum_zero"
6 0.819466236 0.0118614487 "quantum_sum_rx"
8 0.810948167 0.0174211408 "quantum_shallow"
10 0.823554992 0.014488192 "quantum_sum"
16 0.84020535 0.00105865428 "quantum_product"
16 0.839861068 0.003100488 "quantum_single"
16 0.801698432 0.0249601498 "quantum"
32 0.828732235 0.00275521038 "quantum_deep"
EOD
$narrow1 << EOD
10 0.822440437 0.00103661242 "hybrid_shared"
14 0.824178263 0.00144397542 "hybrid_per_task"
EOD
$narrow2 << EOD
6 0.84394502 0.00326543875 "linear_window"
6 0.843633117 0.00351316401 "linear"
6 0.824314052 0.00875571961 "linear_sine"
EOD
$narrow3 << EOD
130 0.838213499 0.00313600117 "logistic"
2146 0.857693136 0.00622317316 "mlp"
EOD
$narrow_front << EOD
0.5 0.672128653 1
6 0.84394502 2
2146 0.857693136 3
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.857693136 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.860090521 0.0108170595 "quantum_zero"
0.5 0.831610593 0.0116982003 "quantum_zero"
8 0.854629329 0.0147802798 "quantum_shallow"
8 0.834614491 0.00180846256 "quantum_shallow"
10 0.840383997 0.00993645925 "quantum_sum_rx"
10 0.832692106 0.0103570313 "quantum_sum_rx"
16 0.855250627 0.00377085505 "quantum_single"
16 0.84829826 0.00371285609 "quantum"
16 0.843630637 0.00227856005 "quantum_single"
16 0.829932305 0.0117945444 "quantum"
16 0.825265057 0.0090399082 "quantum_product"
16 0.809549041 0.009128706 "quantum_product"
18 0.832301035 0.00587286669 "quantum_sum"
18 0.812534719 0.0165973367 "quantum_sum"
32 0.847302757 0.00371711424 "quantum_deep"
32 0.845186166 0.0111863485 "quantum_deep"
EOD
$trained1 << EOD
18 0.828605949 0.0126213436 "hybrid_shared"
18 0.825890804 0.0424285645 "hybrid_shared"
26 0.832874362 0.00685886667 "hybrid_per_task"
26 0.828525147 0.0104597302 "hybrid_per_task"
EOD
$trained2 << EOD
6 0.845307866 0.00770734335 "linear_window"
6 0.813898574 0.0238053994 "linear_window"
10 0.83932599 0.00428371519 "linear"
10 0.83547612 0.00993773748 "linear"
10 0.832692217 0.0117260992 "linear_sine"
10 0.831623598 0.00685967054 "linear_sine"
EOD
$trained3 << EOD
130 0.838213499 0.00313600117 "logistic"
2146 0.857693136 0.00622317316 "mlp"
EOD
$trained_front << EOD
0.5 0.860090521 1
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.857693136 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.514482376 0 "quantum_zero"
8 0.542150952 0.0194084941 "quantum_shallow"
16 0.58293189 0.00801988784 "quantum"
16 0.573881256 0.00281973691 "quantum_product"
32 0.608659362 0.00518354338 "quantum_deep"
68 0.783218026 0.0421064095 "quantum_mixed_1"
130 0.840984521 0.00262144973 "quantum_sum_rx"
134 0.831217858 0.0129661798 "quantum_mixed_2"
258 0.853217334 0.00276230666 "quantum_sum"
266 0.851330994 0.0046730872 "quantum_mixed_4"
EOD
$frozen2 << EOD
4 0.528124103 0.0833596822 "random_1"
6 0.65513045 0.0358812935 "random_2"
6 0.625953403 0.00130387816 "linear_window"
10 0.727622813 0.0679628353 "random_4"
68 0.815727398 0.00201509594 "low_rank_1"
68 0.797876834 0.00809948913 "low_rank_sine_1"
130 0.838213499 0.00313600117 "linear"
130 0.834182419 0.00465822246 "linear_sine"
134 0.843255159 0.00345191366 "low_rank_2"
134 0.842540659 0.0172996657 "low_rank_sine_2"
266 0.844010713 0.00387186938 "low_rank_sine_4"
266 0.842624551 0.00365197509 "low_rank_4"
EOD
$frozen3 << EOD
130 0.838213499 0.00313600117 "logistic"
2146 0.857693136 0.00622317316 "mlp"
EOD
$frozen_front << EOD
0.5 0.514482376 1
4 0.528124103 2
6 0.65513045 3
10 0.727622813 4
68 0.815727398 5
130 0.840984521 6
134 0.843255159 7
258 0.853217334 8
2146 0.857693136 9
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.857693136 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
