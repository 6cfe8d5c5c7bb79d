set terminal svg size 1560,480 noenhanced background 'white'
set output 'ham10000_total_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'parameters in all'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
202 0.635280907 0.00350179108 "quantum_sum_rx"
250 0.640742052 0.003498342 "quantum_sum"
260 0.559720697 0.00195019473 "quantum_zero"
286 0.600761329 0.0126085526 "quantum_shallow"
291 0.648693574 0.00528132316 "quantum_sum_rx"
312 0.622510892 0.00663905917 "quantum"
312 0.612177079 0.0105473596 "quantum_product"
363 0.659335345 0.00401934506 "quantum_sum"
364 0.64007882 0.00403817544 "quantum_deep"
380 0.662517751 0.000879361034 "quantum_sum_rx"
476 0.668675903 0.00172988786 "quantum_sum"
1352 0.642122642 0.00555221697 "quantum_single"
EOD
$narrow1 << EOD
206 0.628749101 0.00338302419 "hybrid_shared"
222 0.624769409 0.00318732233 "hybrid_per_task"
297 0.645781813 0.00438614253 "hybrid_shared"
321 0.647952791 0.00504739593 "hybrid_per_task"
388 0.647525159 0.00518644843 "hybrid_shared"
420 0.659278187 0.00324183959 "hybrid_per_task"
EOD
$narrow2 << EOD
202 0.642277186 0.000628803737 "linear_window"
202 0.641947802 0.0010385948 "linear"
202 0.632546721 0.00157324629 "linear_sine"
288 0.649743741 0.00167961031 "linear_window"
291 0.652643713 0.00317796836 "linear_sine"
291 0.650829208 0.000350201215 "linear"
367 0.653151992 0.0013281858 "linear_window"
380 0.66269527 0.000952486516 "linear_sine"
380 0.653828842 0.000487762892 "linear"
EOD
$narrow3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$narrow_front << EOD
202 0.642277186
288 0.649743741
291 0.652643713
363 0.659335345
380 0.66269527
476 0.668675903
11416 0.68637066
EOD
$narrow_names << EOD
11416 0.68637066 "mlp"
476 0.668675903 "quantum_sum"
291 0.652643713 "linear_sine"
EOD
set title 'narrow'
set xtics auto
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
565 0.595821488 0.00330484278 "quantum_zero"
591 0.585684662 0.0164734688 "quantum_shallow"
617 0.639875868 0.00710031637 "quantum"
617 0.630234371 0.00468150531 "quantum_product"
669 0.657742515 0.00345046652 "quantum_deep"
709 0.670314243 0.00173869756 "quantum_sum_rx"
829 0.665179147 0.00260460436 "quantum_sum"
2245 0.60123259 0.00185232431 "quantum_zero"
2271 0.595146532 0.0200229109 "quantum_shallow"
2297 0.641963018 0.00678927724 "quantum"
2297 0.629609349 0.00571401316 "quantum_product"
2349 0.665547302 0.00307518215 "quantum_deep"
2389 0.676381658 0.00259976177 "quantum_sum_rx"
2509 0.681224171 0.00233905143 "quantum_sum"
2877 0.655444511 0.00398526314 "quantum_single"
11277 0.657186403 0.00932505476 "quantum_single"
EOD
$trained1 << EOD
719 0.662023326 0.00399781201 "hybrid_shared"
759 0.663427538 0.00385812264 "hybrid_per_task"
2399 0.662503632 0.00378356539 "hybrid_shared"
2439 0.664079729 0.00279712687 "hybrid_per_task"
EOD
$trained2 << EOD
672 0.660506485 0.00340561704 "linear_window"
709 0.671237475 0.00147882132 "linear"
709 0.670272995 0.00206263313 "linear_sine"
2352 0.680501263 0.00244830309 "linear_window"
2389 0.685084615 0.00106431373 "linear_sine"
2389 0.684133759 0.00235982524 "linear"
EOD
$trained3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$trained_front << EOD
565 0.595821488
617 0.639875868
669 0.657742515
672 0.660506485
709 0.671237475
2352 0.680501263
2389 0.685084615
11416 0.68637066
EOD
$trained_names << EOD
11416 0.68637066 "mlp"
2389 0.685084615 "linear_sine"
709 0.671237475 "linear"
617 0.639875868 "quantum"
565 0.595821488 "quantum_zero"
EOD
set title 'trained'
set xtics auto
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
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
112 0.589390959 0.0478150004 "low_rank_sine_1"
120 0.594953221 0.00889444839 "random_4"
200 0.642366151 0.000679495301 "low_rank_2"
200 0.635491453 0.00413753194 "low_rank_sine_2"
376 0.663754087 0.00146514454 "low_rank_sine_4"
376 0.653782554 0.000849753088 "low_rank_4"
1560 0.647430668 0.000712820322 "linear_sine"
1560 0.645259719 0.000771487673 "linear"
EOD
$frozen3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$frozen_front << EOD
0.5 0.506304122
26 0.511838
48 0.545059564
72 0.579726145
107 0.585972887
112 0.615103176
200 0.642366151
376 0.663754087
11416 0.68637066
EOD
$frozen_names << EOD
11416 0.68637066 "mlp"
376 0.663754087 "low_rank_sine_4"
200 0.642366151 "low_rank_2"
112 0.615103176 "low_rank_1"
107 0.585972887 "linear_window"
48 0.545059564 "random_1"
26 0.511838 "quantum_shallow"
0.5 0.506304122 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
