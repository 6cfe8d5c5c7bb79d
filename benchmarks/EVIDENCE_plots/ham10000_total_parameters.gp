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
180 0.613097966 0.00230685491 "quantum_mixed_1"
202 0.635280907 0.00350179108 "quantum_sum_rx"
246 0.611912787 0.000685424418 "quantum_mixed_1"
250 0.640742052 0.003498342 "quantum_sum"
260 0.559705725 0.00192656441 "quantum_zero"
273 0.636009813 0.00253058929 "quantum_mixed_2"
286 0.600761329 0.0126085526 "quantum_shallow"
291 0.648693574 0.00528132316 "quantum_sum_rx"
312 0.622510892 0.00663905917 "quantum"
312 0.612177079 0.0105473596 "quantum_product"
312 0.61160517 0.000848777579 "quantum_mixed_1"
340 0.635109042 0.00126168063 "quantum_mixed_2"
363 0.659335345 0.00401934506 "quantum_sum"
364 0.635328199 0.00906854005 "quantum_deep"
380 0.662517751 0.000879361034 "quantum_sum_rx"
476 0.668675903 0.00172988786 "quantum_sum"
1352 0.642122642 0.00555221697 "quantum_single"
EOD
$narrow1 << EOD
206 0.628289149 0.00421505218 "hybrid_shared"
222 0.631282048 0.00323827214 "hybrid_per_task"
297 0.633966992 0.00682279528 "hybrid_shared"
321 0.639746057 0.00624965804 "hybrid_per_task"
388 0.654408403 0.00535895357 "hybrid_shared"
420 0.659178697 0.00373661619 "hybrid_per_task"
EOD
$narrow2 << EOD
178 0.614895673 0.00148100565 "random_1"
180 0.615188516 0.000927850337 "low_rank_1"
202 0.641874256 0.000767268137 "linear"
202 0.641637761 0.000980484315 "linear_window"
243 0.615893111 0.000968074728 "random_1"
246 0.614938782 0.00121243831 "low_rank_1"
267 0.641960212 0.000710005579 "random_2"
273 0.641947779 0.00102456302 "low_rank_2"
288 0.64948032 0.0013965308 "linear_window"
291 0.650803266 0.00034721785 "linear"
308 0.615973636 0.000844677933 "random_1"
312 0.615212613 0.00109890473 "low_rank_1"
332 0.642021979 0.000630243221 "random_2"
340 0.641776942 0.000947077309 "low_rank_2"
367 0.650806417 0.00199404501 "linear_window"
380 0.654171935 0.00051283342 "linear"
EOD
$narrow3 << EOD
1560 0.645258099 0.000770842265 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$narrow_front << EOD
178 0.614895673
180 0.615188516
202 0.641874256
267 0.641960212
288 0.64948032
291 0.650803266
363 0.659335345
380 0.662517751
476 0.668675903
11416 0.68637066
EOD
$narrow_names << EOD
11416 0.68637066 "mlp"
476 0.668675903 "quantum_sum"
291 0.650803266 "linear"
180 0.615188516 "low_rank_1"
EOD
set title 'narrow'
set xtics auto
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
565 0.595821488 0.00330484278 "quantum_zero"
591 0.581402394 0.0167309392 "quantum_shallow"
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
719 0.660679014 0.00817191312 "hybrid_shared"
759 0.668259254 0.00203273109 "hybrid_per_task"
2399 0.660993859 0.00972547276 "hybrid_shared"
2439 0.669161502 0.00545324319 "hybrid_per_task"
EOD
$trained2 << EOD
613 0.637425292 0.0036697487 "random_1"
618 0.635247202 0.00317337447 "low_rank_1"
637 0.653353961 0.002175474 "random_2"
647 0.652473922 0.00202289025 "low_rank_2"
672 0.660893297 0.00352348927 "linear_window"
685 0.664263548 0.00252845993 "random_4"
705 0.664336124 0.00364311039 "low_rank_4"
709 0.67087334 0.00229510397 "linear"
2293 0.645896598 0.00353214984 "random_1"
2298 0.650198098 0.00224930147 "low_rank_1"
2317 0.663687755 0.00432761087 "random_2"
2327 0.664106185 0.00321419671 "low_rank_2"
2352 0.68079432 0.003390021 "linear_window"
2365 0.679888982 0.00252166025 "random_4"
2385 0.679225006 0.00365110149 "low_rank_4"
2389 0.684777877 0.00238878507 "linear"
EOD
$trained3 << EOD
1560 0.645258099 0.000770842265 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$trained_front << EOD
565 0.595821488
613 0.637425292
617 0.639875868
618 0.640431954
637 0.653353961
647 0.65532915
669 0.657742515
672 0.660893297
685 0.664263548
705 0.669069217
709 0.67087334
2352 0.68079432
2385 0.682239935
2389 0.684777877
11416 0.68637066
EOD
$trained_names << EOD
11416 0.68637066 "mlp"
2389 0.684777877 "linear"
709 0.67087334 "linear"
618 0.640431954 "quantum_mixed_1"
565 0.595821488 "quantum_zero"
EOD
set title 'trained'
set xtics auto
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.506304122 0 "quantum_zero"
26 0.511838 0.00904763726 "quantum_shallow"
52 0.535694829 0.00478372734 "quantum_product"
52 0.520303278 0.00319860969 "quantum"
104 0.529163915 0.00426475585 "quantum_deep"
112 0.611411882 0.00034134632 "quantum_mixed_1"
200 0.636893019 0.00507980017 "quantum_mixed_2"
376 0.662415684 0.000996534717 "quantum_mixed_4"
1560 0.647584072 0.000565301331 "quantum_sum_rx"
3096 0.649528037 0.000756498182 "quantum_sum"
EOD
$frozen2 << EOD
48 0.554896907 0.000986116457 "random_1"
72 0.562654842 7.45019341e-05 "random_2"
107 0.586066267 0.000453574441 "linear_window"
112 0.615415001 0.00131974699 "low_rank_1"
120 0.608158442 0.000391273065 "random_4"
200 0.642352174 0.000567821022 "low_rank_2"
376 0.653966754 0.000813264412 "low_rank_4"
1560 0.645258099 0.000770842265 "linear"
EOD
$frozen3 << EOD
1560 0.645258099 0.000770842265 "logistic"
11416 0.68637066 0.00204620039 "mlp"
EOD
$frozen_front << EOD
0.5 0.506304122
26 0.511838
48 0.554896907
72 0.562654842
107 0.586066267
112 0.615415001
200 0.642352174
376 0.662415684
11416 0.68637066
EOD
$frozen_names << EOD
11416 0.68637066 "mlp"
376 0.662415684 "quantum_mixed_4"
200 0.642352174 "low_rank_2"
112 0.615415001 "low_rank_1"
107 0.586066267 "linear_window"
72 0.562654842 "random_2"
26 0.511838 "quantum_shallow"
0.5 0.506304122 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.68637066 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
