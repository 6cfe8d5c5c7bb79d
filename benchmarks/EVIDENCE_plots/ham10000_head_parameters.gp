set terminal svg size 1560,480 noenhanced background 'white'
set output 'ham10000_head_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'head parameters'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
0.5 0.559720697 0.00195019473 "quantum_zero"
26 0.600761329 0.0126085526 "quantum_shallow"
52 0.642122642 0.00555221697 "quantum_single"
52 0.622510892 0.00663905917 "quantum"
52 0.612177079 0.0105473596 "quantum_product"
72 0.635280907 0.00350179108 "quantum_sum_rx"
96 0.648693574 0.00528132316 "quantum_sum_rx"
104 0.64007882 0.00403817544 "quantum_deep"
120 0.662517751 0.000879361034 "quantum_sum_rx"
120 0.640742052 0.003498342 "quantum_sum"
168 0.659335345 0.00401934506 "quantum_sum"
216 0.668675903 0.00172988786 "quantum_sum"
EOD
$narrow1 << EOD
76 0.628723823 0.00337399455 "hybrid_shared"
92 0.629982869 0.00299336139 "hybrid_per_task"
102 0.645841059 0.00437874205 "hybrid_shared"
126 0.647215087 0.00381673022 "hybrid_per_task"
128 0.647542192 0.00518896286 "hybrid_shared"
160 0.655867517 0.00452474013 "hybrid_per_task"
EOD
$narrow2 << EOD
72 0.641944756 0.00114231349 "linear"
72 0.641910846 0.00120598047 "linear_window"
72 0.632546721 0.00157324629 "linear_sine"
93 0.649743741 0.00167961031 "linear_window"
96 0.652643713 0.00317796836 "linear_sine"
96 0.650829208 0.000350201215 "linear"
107 0.653130637 0.00135993369 "linear_window"
120 0.66269527 0.000952486516 "linear_sine"
120 0.653828842 0.000487762892 "linear"
EOD
$narrow3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$narrow_front << EOD
0.5 0.559720697 1
26 0.600761329 2
52 0.642122642 3
93 0.649743741 4
96 0.652643713 5
107 0.653130637 6
120 0.66269527 7
216 0.668675903 8
11416 0.68637066 9
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.60123259 0.00185232431 "quantum_zero"
0.5 0.595821488 0.00330484278 "quantum_zero"
26 0.595146532 0.0200229109 "quantum_shallow"
26 0.585684662 0.0164734688 "quantum_shallow"
52 0.657186403 0.00932505476 "quantum_single"
52 0.655444511 0.00398526314 "quantum_single"
52 0.641963018 0.00678927724 "quantum"
52 0.639875868 0.00710031637 "quantum"
52 0.630234371 0.00468150531 "quantum_product"
52 0.629609349 0.00571401316 "quantum_product"
104 0.665547302 0.00307518215 "quantum_deep"
104 0.657742515 0.00345046652 "quantum_deep"
144 0.676381658 0.00259976177 "quantum_sum_rx"
144 0.670314243 0.00173869756 "quantum_sum_rx"
264 0.681224171 0.00233905143 "quantum_sum"
264 0.665179147 0.00260460436 "quantum_sum"
EOD
$trained1 << EOD
154 0.661761666 0.00268149954 "hybrid_shared"
154 0.660726382 0.00313821162 "hybrid_shared"
194 0.666945667 0.00274243062 "hybrid_per_task"
194 0.663901331 0.00276580648 "hybrid_per_task"
EOD
$trained2 << EOD
107 0.680501263 0.00244830309 "linear_window"
107 0.660506485 0.00340561704 "linear_window"
144 0.685084619 0.00106432148 "linear_sine"
144 0.684133759 0.00235982524 "linear"
144 0.671237475 0.00147882132 "linear"
144 0.670272995 0.00206263313 "linear_sine"
EOD
$trained3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$trained_front << EOD
0.5 0.60123259 1
52 0.657186403 2
104 0.665547302 3
107 0.680501263 4
144 0.685084619 5
11416 0.68637066 6
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.506304122 0 "quantum_zero"
26 0.511838 0.00904763726 "quantum_shallow"
52 0.535694829 0.00478372734 "quantum_product"
52 0.521865002 0.00239173753 "quantum"
104 0.529163915 0.00426475585 "quantum_deep"
112 0.611411882 0.00034134632 "quantum_mixed_1"
200 0.636893019 0.00507980017 "quantum_mixed_2"
376 0.662415684 0.000996534717 "quantum_mixed_4"
1560 0.647584072 0.000565301331 "quantum_sum_rx"
3096 0.649528037 0.000756498182 "quantum_sum"
EOD
$frozen2 << EOD
48 0.545059564 0.0156126405 "random_1"
72 0.579726145 0.0168592937 "random_2"
107 0.585972887 0.000117131756 "linear_window"
112 0.615103176 0.000602798051 "low_rank_1"
112 0.590180581 0.0461481687 "low_rank_sine_1"
120 0.594953221 0.00889444839 "random_4"
200 0.641489047 0.00118700941 "low_rank_2"
200 0.635491453 0.00413753194 "low_rank_sine_2"
376 0.663754087 0.00146514454 "low_rank_sine_4"
376 0.653744615 0.000842164755 "low_rank_4"
1560 0.647430668 0.000712820322 "linear_sine"
1560 0.645259719 0.000771487673 "linear"
EOD
$frozen3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$frozen_front << EOD
0.5 0.506304122 1
26 0.511838 2
48 0.545059564 3
72 0.579726145 4
107 0.585972887 5
112 0.615103176 6
200 0.641489047 7
376 0.663754087 8
11416 0.68637066 9
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
