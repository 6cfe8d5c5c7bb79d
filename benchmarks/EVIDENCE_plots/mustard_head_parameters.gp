set terminal svg size 1560,480 noenhanced background 'white'
set output 'mustard_head_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'head parameters'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
0.5 0.57978982 0.00250246914 "quantum_zero"
28 0.56941066 0.00610369159 "quantum_shallow"
56 0.573597076 0.0056275549 "quantum_product"
56 0.570428022 0.00883286978 "quantum_single"
56 0.562612175 0.00593524209 "quantum"
75 0.556444593 0.00713961259 "quantum_sum_rx"
100 0.579345109 0.00412230258 "quantum_sum_rx"
112 0.555286732 0.00634921278 "quantum_deep"
125 0.586683795 0.00156702674 "quantum_sum_rx"
125 0.556301994 0.00902074782 "quantum_sum"
175 0.579169823 0.00332133509 "quantum_sum"
225 0.591157044 0.00303177155 "quantum_sum"
EOD
$narrow1 << EOD
79 0.537208222 0.0114778865 "hybrid_shared"
95 0.536762887 0.0114726312 "hybrid_per_task"
106 0.533898016 0.0100735567 "hybrid_shared"
130 0.542044269 0.00931470678 "hybrid_per_task"
133 0.529189473 0.0141117463 "hybrid_shared"
165 0.558350752 0.00867665507 "hybrid_per_task"
EOD
$narrow2 << EOD
75 0.563920295 0.010824802 "linear_sine"
75 0.559764013 0.00665239397 "linear"
75 0.556137863 0.00722671312 "linear_window"
93 0.574308902 0.00699958083 "linear_window"
100 0.583194373 0.00496902283 "linear"
100 0.577567668 0.00470470093 "linear_sine"
111 0.582775655 0.00170270804 "linear_window"
125 0.587546592 0.00579068836 "linear_sine"
125 0.58351761 0.0037753499 "linear"
EOD
$narrow3 << EOD
3750 0.61025653 0.00136878354 "logistic"
22425 0.60411781 0.00380226288 "mlp"
EOD
$narrow_front << EOD
0.5 0.57978982 1
100 0.583194373 2
125 0.587546592 3
225 0.591157044 4
3750 0.61025653 5
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.60411781 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.547622309 0.00794331807 "quantum_zero"
28 0.574463837 0.00423068738 "quantum_shallow"
56 0.607368497 0.00395979282 "quantum_single"
56 0.577545148 0.00840148705 "quantum"
56 0.558302744 0.00498415213 "quantum_product"
112 0.582612783 0.00662123016 "quantum_deep"
150 0.564695109 0.0053662874 "quantum_sum_rx"
275 0.576112899 0.00864362025 "quantum_sum"
EOD
$trained1 << EOD
160 0.54496458 0.00846979688 "hybrid_shared"
200 0.544115309 0.0120944315 "hybrid_per_task"
EOD
$trained2 << EOD
111 0.565935182 0.00920579483 "linear_window"
150 0.572776583 0.0117951311 "linear_sine"
150 0.571165622 0.00591057126 "linear"
EOD
$trained3 << EOD
3750 0.61025653 0.00136878354 "logistic"
22425 0.60411781 0.00380226288 "mlp"
EOD
$trained_front << EOD
0.5 0.547622309 1
28 0.574463837 2
56 0.607368497 3
3750 0.61025653 4
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.60411781 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.475773211 0 "quantum_zero"
28 0.49881596 0.00737797088 "quantum_shallow"
56 0.508700671 0.00909987155 "quantum"
56 0.506783605 0.00630049704 "quantum_product"
112 0.528350126 0.00647253323 "quantum_deep"
199 0.533300237 0.0131976782 "quantum_mixed_1"
373 0.560063161 0.00950005589 "quantum_mixed_2"
721 0.580139205 0.00477431589 "quantum_mixed_4"
3750 0.61058858 0.00184416626 "quantum_sum_rx"
7475 0.610375778 0.00261667305 "quantum_sum"
EOD
$frozen2 << EOD
50 0.504966219 0.00794405254 "random_1"
75 0.512395803 0.0100819607 "random_2"
111 0.562578169 0.000496479431 "linear_window"
125 0.52506274 0.0123888882 "random_4"
199 0.550667946 0.00915225821 "low_rank_sine_1"
199 0.545815669 0.00386682553 "low_rank_1"
373 0.562793775 0.00713908323 "low_rank_sine_2"
373 0.560792687 0.00652956853 "low_rank_2"
721 0.591614673 0.00336802694 "low_rank_4"
721 0.586181917 0.00264733746 "low_rank_sine_4"
3750 0.61025653 0.00136878354 "linear"
3750 0.606641989 0.000669902326 "linear_sine"
EOD
$frozen3 << EOD
3750 0.61025653 0.00136878354 "logistic"
22425 0.60411781 0.00380226288 "mlp"
EOD
$frozen_front << EOD
0.5 0.475773211 1
28 0.49881596 2
50 0.504966219 3
56 0.508700671 4
75 0.512395803 5
111 0.562578169 6
373 0.562793775 7
721 0.591614673 8
3750 0.61058858 9
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.60411781 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
