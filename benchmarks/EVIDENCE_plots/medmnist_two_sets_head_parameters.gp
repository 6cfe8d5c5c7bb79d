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
6 0.784497569 0.100257378 "quantum_mixed_1"
8 0.810933856 0.0174061512 "quantum_shallow"
10 0.823554992 0.014488192 "quantum_sum"
16 0.84020535 0.00105865428 "quantum_product"
16 0.83762982 0.00493210863 "quantum_single"
16 0.801698432 0.0249601498 "quantum"
32 0.828732235 0.00275521038 "quantum_deep"
EOD
$narrow1 << EOD
10 0.821535026 0.00537842057 "hybrid_shared"
14 0.829659413 0.00973003469 "hybrid_per_task"
EOD
$narrow2 << EOD
4 0.786970796 0.04689144 "random_1"
6 0.843653117 0.00255923764 "linear"
6 0.842139912 0.00351557259 "linear_window"
6 0.816477716 0.00189664374 "low_rank_1"
EOD
$narrow3 << EOD
130 0.837759146 0.0024902987 "logistic"
2146 0.857693136 0.00622317316 "mlp"
EOD
$narrow_front << EOD
0.5 0.672128653
4 0.786970796
6 0.843653117
2146 0.857693136
EOD
$narrow_names << EOD
2146 0.857693136 "mlp"
6 0.843653117 "linear"
4 0.786970796 "random_1"
0.5 0.672128653 "quantum_zero"
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.857693136 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.860090521 0.0108170595 "quantum_zero"
0.5 0.831610593 0.0116982003 "quantum_zero"
8 0.854629329 0.0147802798 "quantum_shallow"
8 0.834614491 0.00180846256 "quantum_shallow"
8 0.832099924 0.0145861153 "quantum_mixed_1"
8 0.813306359 0.0031874682 "quantum_mixed_1"
10 0.840383997 0.00993645925 "quantum_sum_rx"
10 0.832692106 0.0103570313 "quantum_sum_rx"
14 0.835126912 0.0122311556 "quantum_mixed_2"
14 0.825784555 0.00696866075 "quantum_mixed_2"
16 0.848825664 0.0030825953 "quantum_single"
16 0.848818306 0.0041479344 "quantum"
16 0.843630637 0.00227856005 "quantum_single"
16 0.829932305 0.0117945444 "quantum"
16 0.825265057 0.0090399082 "quantum_product"
16 0.809549041 0.009128706 "quantum_product"
18 0.832301035 0.00587286669 "quantum_sum"
18 0.812534719 0.0165973367 "quantum_sum"
32 0.84960397 0.0150130697 "quantum_deep"
32 0.845186166 0.0111863485 "quantum_deep"
EOD
$trained1 << EOD
18 0.837568745 0.0131603972 "hybrid_shared"
18 0.829946954 0.0106605793 "hybrid_shared"
26 0.830559564 0.0122115347 "hybrid_per_task"
26 0.82241364 0.0138817603 "hybrid_per_task"
EOD
$trained2 << EOD
4 0.85191158 0.00709643517 "random_1"
4 0.833689356 0.00647076361 "random_1"
6 0.855947953 0.00541923775 "linear_window"
6 0.853419809 0.00583029009 "random_2"
6 0.836986351 0.00659380569 "linear_window"
6 0.835722706 0.0054101245 "random_2"
8 0.845320257 0.0111365556 "low_rank_1"
8 0.810483091 0.0152565769 "low_rank_1"
10 0.853598983 0.00481991141 "linear"
10 0.840987656 0.0101306367 "linear"
14 0.84251034 0.0081236594 "low_rank_2"
14 0.835193918 0.00680471859 "low_rank_2"
EOD
$trained3 << EOD
130 0.837759146 0.0024902987 "logistic"
2146 0.857693136 0.00622317316 "mlp"
EOD
$trained_front << EOD
0.5 0.860090521
EOD
$trained_names << EOD
0.5 0.860090521 "quantum_zero"
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.857693136 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.514482376 0 "quantum_zero"
8 0.542150952 0.0194084941 "quantum_shallow"
16 0.573881256 0.00281973691 "quantum_product"
16 0.558486638 0.0233085987 "quantum"
32 0.608659362 0.00518354338 "quantum_deep"
68 0.807510842 0.010082432 "quantum_mixed_1"
130 0.840984521 0.00262144973 "quantum_sum_rx"
134 0.831217858 0.0129661798 "quantum_mixed_2"
258 0.853217334 0.00276230666 "quantum_sum"
266 0.851330994 0.0046730872 "quantum_mixed_4"
EOD
$frozen2 << EOD
4 0.609052834 0 "random_1"
6 0.625731913 0.000767797483 "linear_window"
6 0.500879628 0.00519483012 "random_2"
10 0.720391466 0.00230887818 "random_4"
68 0.815393629 0.00159662575 "low_rank_1"
130 0.837759146 0.0024902987 "linear"
134 0.843250603 0.00266016741 "low_rank_2"
266 0.843243904 0.00269941383 "low_rank_4"
EOD
$frozen3 << EOD
130 0.837759146 0.0024902987 "logistic"
2146 0.857693136 0.00622317316 "mlp"
EOD
$frozen_front << EOD
0.5 0.514482376
4 0.609052834
6 0.625731913
10 0.720391466
68 0.815393629
130 0.840984521
134 0.843250603
258 0.853217334
2146 0.857693136
EOD
$frozen_names << EOD
2146 0.857693136 "mlp"
258 0.853217334 "quantum_sum"
134 0.843250603 "low_rank_2"
68 0.815393629 "low_rank_1"
10 0.720391466 "random_4"
6 0.625731913 "linear_window"
0.5 0.514482376 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.857693136 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
