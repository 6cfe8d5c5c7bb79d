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
180 0.613246895 0.00234415088 "quantum_mixed_1"
202 0.635280907 0.00350179108 "quantum_sum_rx"
246 0.611621946 0.00045076365 "quantum_mixed_1"
250 0.640742052 0.003498342 "quantum_sum"
260 0.559720697 0.00195019473 "quantum_zero"
273 0.636009813 0.00253058929 "quantum_mixed_2"
286 0.600761329 0.0126085526 "quantum_shallow"
291 0.648693574 0.00528132316 "quantum_sum_rx"
312 0.622510892 0.00663905917 "quantum"
312 0.612177079 0.0105473596 "quantum_product"
312 0.611122548 0.000506928179 "quantum_mixed_1"
340 0.635109042 0.00126168063 "quantum_mixed_2"
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
178 0.615714654 0.000965728632 "random_1"
180 0.614844391 0.000836285629 "low_rank_1"
202 0.642277186 0.000628803737 "linear_window"
202 0.641947802 0.0010385948 "linear"
202 0.636261962 0.00471366363 "linear_sine"
243 0.614841482 0.000608824881 "random_1"
246 0.614704931 0.000831198639 "low_rank_1"
267 0.642191621 0.00063114118 "random_2"
273 0.641977427 0.000571409103 "low_rank_2"
288 0.649743741 0.00167961031 "linear_window"
291 0.652059165 0.00157828915 "linear_sine"
291 0.650829208 0.000350201215 "linear"
308 0.615292362 0.000892720928 "random_1"
312 0.614597108 0.00101493724 "low_rank_1"
332 0.641693871 0.000381681341 "random_2"
340 0.641428986 0.000893964451 "low_rank_2"
367 0.653151992 0.0013281858 "linear_window"
380 0.661179119 0.00256996553 "linear_sine"
380 0.653828842 0.000487762892 "linear"
EOD
$narrow3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$narrow_front << EOD
178 0.615714654
202 0.642277186
288 0.649743741
291 0.652059165
363 0.659335345
380 0.662517751
476 0.668675903
11416 0.68637066
EOD
$narrow_names << EOD
11416 0.68637066 "mlp"
476 0.668675903 "quantum_sum"
291 0.652059165 "linear_sine"
178 0.615714654 "random_1"
EOD
set title 'narrow'
set xtics auto
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
565 0.595821488 0.00330484278 "quantum_zero"
591 0.585684662 0.0164734688 "quantum_shallow"
617 0.639875868 0.00710031637 "quantum"
617 0.630234371 0.00468150531 "quantum_product"
618 0.640431954 0.00218255489 "quantum_mixed_1"
647 0.65532915 0.00225088029 "quantum_mixed_2"
669 0.657742515 0.00345046652 "quantum_deep"
705 0.669069217 0.00186899676 "quantum_mixed_4"
709 0.670314243 0.00173869756 "quantum_sum_rx"
829 0.665179147 0.00260460436 "quantum_sum"
2245 0.60123259 0.00185232431 "quantum_zero"
2271 0.595146532 0.0200229109 "quantum_shallow"
2297 0.641963018 0.00678927724 "quantum"
2297 0.629609349 0.00571401316 "quantum_product"
2298 0.6499604 0.00178550703 "quantum_mixed_1"
2327 0.668422972 0.0018845718 "quantum_mixed_2"
2349 0.665547302 0.00307518215 "quantum_deep"
2385 0.682239935 0.00171689012 "quantum_mixed_4"
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
613 0.634183433 0.00302917987 "random_1"
618 0.636452909 0.00237248907 "low_rank_1"
637 0.647873287 0.00614557991 "random_2"
647 0.651373922 0.00217976685 "low_rank_2"
672 0.660506485 0.00340561704 "linear_window"
685 0.66031375 0.00244648829 "random_4"
705 0.662841451 0.00465901421 "low_rank_4"
709 0.671237475 0.00147882132 "linear"
709 0.666376945 0.00217359946 "linear_sine"
2293 0.6504512 0.00182721906 "random_1"
2298 0.647491151 0.0040934569 "low_rank_1"
2317 0.662430417 0.00513137353 "random_2"
2327 0.661309035 0.00263408311 "low_rank_2"
2352 0.680501263 0.00244830309 "linear_window"
2365 0.673660043 0.00391021733 "random_4"
2385 0.680565137 0.00135560247 "low_rank_4"
2389 0.68505284 0.00289050353 "linear_sine"
2389 0.684133759 0.00235982524 "linear"
EOD
$trained3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$trained_front << EOD
565 0.595821488
613 0.634183433
617 0.639875868
618 0.640431954
637 0.647873287
647 0.65532915
669 0.657742515
672 0.660506485
705 0.669069217
709 0.671237475
2352 0.680501263
2385 0.682239935
2389 0.68505284
11416 0.68637066
EOD
$trained_names << EOD
11416 0.68637066 "mlp"
2389 0.68505284 "linear_sine"
709 0.671237475 "linear"
637 0.647873287 "random_2"
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
48 0.546319613 0.0127498575 "random_1"
72 0.562184301 0.00885403329 "random_2"
107 0.585972887 0.000117131756 "linear_window"
112 0.615103176 0.000602798051 "low_rank_1"
120 0.593909868 0.0136148609 "random_4"
200 0.642366151 0.000679495301 "low_rank_2"
376 0.653782554 0.000849753088 "low_rank_4"
1560 0.646628786 0.000556211837 "linear_sine"
1560 0.645259719 0.000771487673 "linear"
EOD
$frozen3 << EOD
1560 0.645259719 0.000771487673 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$frozen_front << EOD
0.5 0.506304122
26 0.511838
48 0.546319613
72 0.562184301
107 0.585972887
112 0.615103176
200 0.642366151
376 0.662415684
11416 0.68637066
EOD
$frozen_names << EOD
11416 0.68637066 "mlp"
376 0.662415684 "quantum_mixed_4"
200 0.642366151 "low_rank_2"
112 0.615103176 "low_rank_1"
107 0.585972887 "linear_window"
72 0.562184301 "random_2"
26 0.511838 "quantum_shallow"
0.5 0.506304122 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
