set terminal svg size 1560,480 noenhanced background 'white'
set output 'semeval_glove_total_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'parameters in all'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
130 0.548727399 0.000704002554 "quantum_zero"
163 0.727838854 0.000747747974 "quantum_sum_rx"
174 0.697084147 0.00169965077 "quantum_shallow"
185 0.730772131 0.00181534108 "quantum_sum"
195 0.586047419 0.000170061135 "quantum_zero"
218 0.728458752 0.00148904037 "quantum_product"
218 0.716551105 0.00426550465 "quantum"
239 0.741909111 0.000501958856 "quantum_sum_rx"
239 0.666498284 0.0268654681 "quantum_shallow"
260 0.621701534 0.000635686062 "quantum_zero"
272 0.746158327 0.000890016954 "quantum_sum"
283 0.726452076 0.0064413943 "quantum_product"
283 0.725540212 0.00258623598 "quantum"
304 0.695945442 0.0201639779 "quantum_shallow"
306 0.725780652 0.00145068855 "quantum_deep"
315 0.759215337 0.00169394736 "quantum_sum_rx"
348 0.73496587 0.00735565301 "quantum"
348 0.730521019 0.007700228 "quantum_product"
359 0.757568308 0.0029109881 "quantum_sum"
371 0.738147721 0.00137236773 "quantum_deep"
390 0.683011527 0.00016401713 "quantum_zero"
434 0.721272744 0.00621871569 "quantum_shallow"
436 0.74076994 0.00319532331 "quantum_deep"
467 0.772453057 0.000884555905 "quantum_sum_rx"
478 0.743328861 0.00579106845 "quantum"
478 0.736533747 0.00360028895 "quantum_product"
533 0.77299217 0.00157555686 "quantum_sum"
566 0.752006226 0.00180423857 "quantum_deep"
1518 0.772889594 0.000793788644 "quantum_single"
2233 0.774321938 0.0013962769 "quantum_single"
2948 0.773598543 0.00162900359 "quantum_single"
4378 0.7738758 0.00166158149 "quantum_single"
EOD
$narrow1 << EOD
167 0.725876731 0.000643009038 "hybrid_shared"
207 0.732699465 0.000901783473 "hybrid_per_task"
245 0.732910161 0.00229280508 "hybrid_shared"
305 0.733011806 0.00268982343 "hybrid_per_task"
323 0.738628062 0.0040421253 "hybrid_shared"
403 0.750248471 0.0035877293 "hybrid_per_task"
479 0.757503277 0.00657710516 "hybrid_shared"
599 0.762827026 0.00673353941 "hybrid_per_task"
EOD
$narrow2 << EOD
163 0.726382873 0.000670288855 "linear_sine"
163 0.72516398 0.000200278027 "linear_window"
163 0.725149317 0.000231121494 "linear"
228 0.733976108 0.000273863326 "linear_window"
239 0.741372326 0.000472545293 "linear_sine"
239 0.732280833 0.000485310169 "linear"
293 0.737224071 0.00521241337 "linear_window"
315 0.756204627 0.00204833267 "linear_sine"
315 0.753681858 0.000895897504 "linear"
423 0.738962817 0.00202440799 "linear_window"
467 0.769093726 0.00357343496 "linear_sine"
467 0.764228855 0.00021369855 "linear"
EOD
$narrow3 << EOD
715 0.770921936 0.00021533624 "logistic"
9739 0.77207649 0.00311823822 "mlp"
EOD
$narrow_front << EOD
130 0.548727399 1
163 0.727838854 2
185 0.730772131 3
207 0.732699465 4
228 0.733976108 5
239 0.741909111 6
272 0.746158327 7
315 0.759215337 8
467 0.772453057 9
533 0.77299217 10
2233 0.774321938 11
EOD
set title 'narrow'
set xtics auto
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.77207649 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
619 0.767394172 0.00135677619 "quantum_zero"
663 0.77019229 0.00334089465 "quantum_shallow"
707 0.77252411 0.00398827794 "quantum"
707 0.772263964 0.00124763998 "quantum_product"
751 0.766341708 0.00534321595 "quantum_sum_rx"
795 0.769536197 0.00450264222 "quantum_deep"
872 0.763165942 0.00494559843 "quantum_sum"
2443 0.773793847 0.000982867434 "quantum_zero"
2487 0.778013227 0.00308749423 "quantum_shallow"
2531 0.775741949 0.000451774202 "quantum_product"
2531 0.772976432 0.000468780608 "quantum"
2575 0.772024675 0.00324308954 "quantum_sum_rx"
2619 0.773036591 0.00065231114 "quantum_deep"
2696 0.77544522 0.00151345969 "quantum_sum"
6897 0.773473836 0.00074404263 "quantum_single"
26961 0.773515064 0.00112158728 "quantum_single"
EOD
$trained2 << EOD
652 0.768734764 0.00528378922 "linear_window"
751 0.767796996 0.002515947 "linear"
751 0.765090295 0.0026670076 "linear_sine"
2476 0.769407502 0.00465825883 "linear_window"
2575 0.773791218 0.00598573383 "linear"
2575 0.77134211 0.00245256303 "linear_sine"
EOD
$trained3 << EOD
715 0.770921936 0.00021533624 "logistic"
9739 0.77207649 0.00311823822 "mlp"
EOD
$trained_front << EOD
619 0.767394172 1
652 0.768734764 2
663 0.77019229 3
707 0.77252411 4
2443 0.773793847 5
2487 0.778013227 6
EOD
set title 'trained'
set xtics auto
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.77207649 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.471745623 0 "quantum_zero"
0.5 0.471745623 0 "quantum_zero"
44 0.701674257 0.000114752837 "quantum_mixed_1"
44 0.511062687 0.0162053117 "quantum_shallow"
44 0.509258152 0.0133150148 "quantum_shallow"
77 0.720706243 0.00063884312 "quantum_mixed_2"
86 0.704772052 0.000344858276 "quantum_mixed_1"
88 0.576055114 0.00225955876 "quantum"
88 0.575338467 0.00351841627 "quantum"
88 0.533379083 0.000217354411 "quantum_product"
88 0.533379083 0.000217354411 "quantum_product"
143 0.742779546 0.0022626291 "quantum_mixed_4"
161 0.728150191 0.000217379457 "quantum_mixed_2"
176 0.598937789 0.00205120053 "quantum_deep"
176 0.59672613 0.00182902565 "quantum_deep"
253 0.757263671 0.000191225799 "quantum_sum_rx"
311 0.757081899 0.00410979989 "quantum_mixed_4"
495 0.757800463 0.000119341775 "quantum_sum"
715 0.773033252 0.000170730177 "quantum_sum_rx"
1419 0.773727855 0.00023502146 "quantum_sum"
EOD
$frozen2 << EOD
22 0.525314133 0.0155616143 "random_1"
22 0.519196524 0.0132262209 "random_1"
33 0.586695724 3.95648538e-05 "linear_window"
33 0.586695724 3.95648538e-05 "linear_window"
33 0.566498885 0.0253267927 "random_2"
33 0.540164378 0.0145510536 "random_2"
44 0.701782422 9.13577697e-05 "low_rank_1"
44 0.701657588 0.000113910364 "low_rank_sine_1"
55 0.595496869 0.0202050632 "random_4"
55 0.561705581 0.0162987217 "random_4"
77 0.720780307 0.000587428109 "low_rank_2"
77 0.718916399 0.000450219547 "low_rank_sine_2"
86 0.704784883 0.000341806971 "low_rank_sine_1"
86 0.703982755 0.000159302372 "low_rank_1"
143 0.743445785 0.00121895076 "low_rank_sine_4"
143 0.741620671 0.000957400283 "low_rank_4"
161 0.72663833 0.000711836411 "low_rank_sine_2"
161 0.725279089 0.000257263604 "low_rank_2"
253 0.757392799 0.000182076181 "linear_sine"
253 0.755422573 0.000192144487 "linear"
311 0.757753884 0.00329909096 "low_rank_sine_4"
311 0.755628633 0.00214125807 "low_rank_4"
715 0.773061904 0.000173464462 "linear_sine"
715 0.770921936 0.00021533624 "linear"
EOD
$frozen3 << EOD
715 0.770921936 0.00021533624 "logistic"
9739 0.77207649 0.00311823822 "mlp"
EOD
$frozen_front << EOD
0.5 0.471745623 1
22 0.525314133 2
33 0.586695724 3
44 0.701782422 4
77 0.720780307 5
143 0.743445785 6
253 0.757392799 7
311 0.757753884 8
495 0.757800463 9
715 0.773061904 10
1419 0.773727855 11
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.77207649 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
