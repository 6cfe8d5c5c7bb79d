set terminal svg size 1560,480 noenhanced background 'white'
set output 'glue_head_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'head parameters'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
0.5 0.615173007 0.00376619349 "quantum_zero"
0.5 0.612377349 0.0027181961 "quantum_zero"
10 0.607412131 0.00329603786 "quantum_mixed_1"
11 0.603538735 0.00558169287 "quantum_mixed_1"
12 0.622939734 0.00403318743 "quantum_sum_rx"
16 0.62473225 0.00179871746 "quantum_sum_rx"
16 0.613675825 0.00550474306 "quantum_shallow"
16 0.606813456 0.00647015231 "quantum_shallow"
18 0.616238605 0.00718614981 "quantum_mixed_2"
20 0.623310564 0.00494163649 "quantum_sum"
28 0.625022076 0.0036775832 "quantum_sum"
32 0.620151373 0.00278656511 "quantum_single"
32 0.618368319 0.00459059696 "quantum_single"
32 0.617688542 0.00240205635 "quantum_product"
32 0.617251333 0.00137566687 "quantum_product"
32 0.614395631 0.00302848624 "quantum"
32 0.613278032 0.00390664688 "quantum"
64 0.614076532 0.00449620272 "quantum_deep"
64 0.614025213 0.00678590243 "quantum_deep"
EOD
$narrow1 << EOD
16 0.600604136 0.00522561134 "hybrid_shared"
22 0.593842554 0.0065508741 "hybrid_shared"
28 0.575823946 0.015269504 "hybrid_per_task"
40 0.606195539 0.00636251329 "hybrid_per_task"
EOD
$narrow2 << EOD
8 0.602744832 0.00195856151 "random_1"
8 0.599142146 0.00473330304 "random_1"
10 0.601606098 0.00580040195 "low_rank_1"
11 0.60419232 0.00455077889 "low_rank_1"
12 0.617018799 0.00709364261 "linear_window"
12 0.615563105 0.00216352211 "linear_window"
12 0.610383922 0.00508419994 "random_2"
12 0.606646788 0.0045512649 "linear"
16 0.618229095 0.00411743568 "linear"
18 0.60980041 0.00484189673 "low_rank_2"
EOD
$narrow3 << EOD
260 0.62193819 0.00281042659 "logistic"
2212 0.625041388 0.00403402332 "mlp"
EOD
$narrow_front << EOD
0.5 0.615173007
12 0.622939734
16 0.62473225
28 0.625022076
2212 0.625041388
EOD
$narrow_names << EOD
2212 0.625041388 "mlp"
28 0.625022076 "quantum_sum"
16 0.62473225 "quantum_sum_rx"
0.5 0.615173007 "quantum_zero"
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.625041388 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.621475546 0.00534360285 "quantum_zero"
0.5 0.614484262 0.00327042333 "quantum_zero"
12 0.603852222 0.00524258794 "quantum_mixed_1"
12 0.598843522 0.0097181646 "quantum_mixed_1"
16 0.619946166 0.00189958078 "quantum_shallow"
16 0.611739108 0.0094470055 "quantum_shallow"
20 0.618700282 0.00863344639 "quantum_sum_rx"
20 0.616086842 0.00746774811 "quantum_mixed_2"
20 0.605911434 0.0144310767 "quantum_sum_rx"
20 0.603044406 0.00396465438 "quantum_mixed_2"
32 0.621774917 0.00140840895 "quantum_product"
32 0.621427209 0.00159809495 "quantum"
32 0.613472292 0.00704665736 "quantum_single"
32 0.609916469 0.0083551998 "quantum_single"
32 0.606558638 0.00763384519 "quantum_product"
32 0.59701472 0.00813498215 "quantum"
36 0.621259605 0.00410581645 "quantum_sum"
36 0.616822514 0.00602283059 "quantum_sum"
64 0.620818426 0.00190238574 "quantum_deep"
64 0.597242601 0.00845995698 "quantum_deep"
EOD
$trained1 << EOD
28 0.61441379 0.00724175683 "hybrid_shared"
28 0.588555071 0.00890343065 "hybrid_shared"
52 0.609796609 0.00431291798 "hybrid_per_task"
52 0.60911499 0.00862612588 "hybrid_per_task"
EOD
$trained2 << EOD
8 0.600884567 0.00917585169 "random_1"
8 0.589069297 0.0106847451 "random_1"
12 0.615799996 0.0027981246 "random_2"
12 0.614437594 0.00519971319 "random_2"
12 0.614012812 0.00704700341 "linear_window"
12 0.60597792 0.00792964852 "low_rank_1"
12 0.598423535 0.00898723118 "low_rank_1"
12 0.590993919 0.0027591383 "linear_window"
20 0.622544309 0.0044775501 "low_rank_2"
20 0.620395179 0.00623400413 "linear"
20 0.619961023 0.00707645207 "linear"
20 0.612255717 0.00607874681 "low_rank_2"
EOD
$trained3 << EOD
260 0.62193819 0.00281042659 "logistic"
2212 0.625041388 0.00403402332 "mlp"
EOD
$trained_front << EOD
0.5 0.621475546
20 0.622544309
2212 0.625041388
EOD
$trained_names << EOD
2212 0.625041388 "mlp"
20 0.622544309 "low_rank_2"
0.5 0.621475546 "quantum_zero"
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.625041388 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.529835321 0 "quantum_zero"
0.5 0.529835321 0 "quantum_zero"
16 0.562759483 0.00677506388 "quantum_mixed_1"
16 0.49573821 0.015088205 "quantum_shallow"
16 0.494997219 0.0109606503 "quantum_shallow"
28 0.557622639 0.00460521326 "quantum_mixed_2"
32 0.539282984 0.0029187928 "quantum_product"
32 0.539282984 0.0029187928 "quantum_product"
32 0.532678574 0.00180233722 "quantum"
32 0.532274352 0.00170151782 "quantum"
36 0.561631933 0.00204783572 "quantum_sum_rx"
52 0.558251135 0.00404890559 "quantum_mixed_4"
64 0.546093299 0.0015152559 "quantum_deep"
64 0.542058756 0.00237628086 "quantum_deep"
68 0.549075803 0.00308279401 "quantum_sum"
72 0.601803873 0.00728593593 "quantum_mixed_1"
140 0.619340256 0.00714833159 "quantum_mixed_2"
260 0.621759795 0.00152420182 "quantum_sum_rx"
276 0.626736605 0.00258496096 "quantum_mixed_4"
516 0.62631669 0.00185308264 "quantum_sum"
EOD
$frozen1 << EOD
52 0.535509862 0.0132114679 "hybrid_shared"
100 0.531736663 0.00799542406 "hybrid_per_task"
EOD
$frozen2 << EOD
8 0.510214409 0.0037843053 "random_1"
8 0.505428768 0.00873716845 "random_1"
12 0.553488882 0.000734494118 "linear_window"
12 0.553488882 0.000734494118 "linear_window"
12 0.51487386 0.00242343159 "random_2"
12 0.494020808 0.00135964231 "random_2"
16 0.529833722 0.0171494586 "low_rank_1"
20 0.556710079 0.00135591292 "random_4"
20 0.548597202 0.0016670707 "random_4"
28 0.535461541 0.00345062006 "low_rank_2"
36 0.540644555 0.000932348135 "linear"
52 0.536592877 0.00157816702 "low_rank_4"
72 0.601216564 0.00348081351 "low_rank_1"
140 0.605542975 0.00565589524 "low_rank_2"
260 0.62193819 0.00281042659 "linear"
276 0.619846053 0.00370473406 "low_rank_4"
EOD
$frozen3 << EOD
260 0.62193819 0.00281042659 "logistic"
2212 0.625041388 0.00403402332 "mlp"
EOD
$frozen_front << EOD
0.5 0.529835321
12 0.553488882
16 0.562759483
72 0.601803873
140 0.619340256
260 0.62193819
276 0.626736605
EOD
$frozen_names << EOD
276 0.626736605 "quantum_mixed_4"
140 0.619340256 "quantum_mixed_2"
72 0.601803873 "quantum_mixed_1"
16 0.562759483 "quantum_mixed_1"
0.5 0.529835321 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.625041388 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
