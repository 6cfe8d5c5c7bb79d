set terminal svg size 1560,480 noenhanced background 'white'
set output 'semeval_glove_head_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'head parameters'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
0.5 0.684486866 0.000188351183 "quantum_zero"
0.5 0.621701534 0.000635686062 "quantum_zero"
0.5 0.586066256 0.000158451353 "quantum_zero"
0.5 0.548727399 0.000704002554 "quantum_zero"
24 0.704864914 0.00028611548 "quantum_mixed_1"
25 0.7044344 0.000438889018 "quantum_mixed_1"
26 0.704256366 0.000676583393 "quantum_mixed_1"
28 0.704573357 0.000213744152 "quantum_mixed_1"
33 0.727838854 0.000747747974 "quantum_sum_rx"
39 0.72671552 0.000750836724 "quantum_mixed_2"
41 0.726880068 0.000368402895 "quantum_mixed_2"
44 0.741909111 0.000501958856 "quantum_sum_rx"
44 0.721272744 0.00621871569 "quantum_shallow"
44 0.697084147 0.00169965077 "quantum_shallow"
44 0.695945442 0.0201639779 "quantum_shallow"
44 0.666498284 0.0268654681 "quantum_shallow"
45 0.727047409 0.000277903607 "quantum_mixed_2"
55 0.759118468 0.00231206851 "quantum_sum_rx"
55 0.730772131 0.00181534108 "quantum_sum"
77 0.772453057 0.000884555905 "quantum_sum_rx"
77 0.746158327 0.000890016954 "quantum_sum"
79 0.75948964 0.0028468547 "quantum_mixed_4"
88 0.774321938 0.0013962769 "quantum_single"
88 0.774101776 0.00112467316 "quantum_single"
88 0.773871392 0.00135127687 "quantum_single"
88 0.772889594 0.000793788644 "quantum_single"
88 0.743328861 0.00579106845 "quantum"
88 0.736533747 0.00360028895 "quantum_product"
88 0.733883127 0.00653114841 "quantum"
88 0.730521019 0.007700228 "quantum_product"
88 0.726452076 0.0064413943 "quantum_product"
88 0.726238799 0.00300544042 "quantum_product"
88 0.725540212 0.00258623598 "quantum"
88 0.716551105 0.00426550465 "quantum"
99 0.757568308 0.0029109881 "quantum_sum"
143 0.772531995 0.00285126235 "quantum_sum"
176 0.752033193 0.00178969657 "quantum_deep"
176 0.740766955 0.00318809473 "quantum_deep"
176 0.738147721 0.00137236773 "quantum_deep"
176 0.725780652 0.00145068855 "quantum_deep"
EOD
$narrow1 << EOD
37 0.723928831 0.00492172322 "hybrid_shared"
50 0.732416193 0.00228662662 "hybrid_shared"
63 0.740142559 0.00298053504 "hybrid_shared"
77 0.733385792 0.00113735898 "hybrid_per_task"
89 0.763346706 0.00262670642 "hybrid_shared"
110 0.733436946 0.00279063913 "hybrid_per_task"
143 0.753876985 0.00603732568 "hybrid_per_task"
209 0.762891644 0.00413112015 "hybrid_per_task"
EOD
$narrow2 << EOD
22 0.704122008 0.000345683327 "random_1"
22 0.703973987 0.000197219949 "random_1"
22 0.703958655 0.000265678566 "random_1"
22 0.703953965 0.000259357488 "random_1"
24 0.703939009 0.000144896096 "low_rank_1"
25 0.704003414 0.000394324711 "low_rank_1"
26 0.704121045 0.000311441155 "low_rank_1"
28 0.704161949 0.000304604659 "low_rank_1"
33 0.741935842 0.00321978859 "linear_window"
33 0.737756716 0.00347428961 "linear_window"
33 0.731170967 0.00488820795 "linear_window"
33 0.725198047 0.00024099795 "random_2"
33 0.725195483 0.000155671903 "random_2"
33 0.725155521 0.000237412087 "random_2"
33 0.72515106 0.000181131294 "linear"
33 0.725130835 0.000209206001 "linear_window"
39 0.725183452 0.000126171882 "low_rank_2"
41 0.725186233 0.000140242846 "low_rank_2"
44 0.733634245 0.00261855076 "linear"
45 0.725104715 0.000184551752 "low_rank_2"
55 0.75380331 0.000590020243 "linear"
55 0.752627085 0.00273377613 "random_4"
77 0.764149031 0.000312301942 "linear"
79 0.752708342 0.00133426399 "low_rank_4"
EOD
$narrow3 << EOD
715 0.770925896 0.00021432506 "logistic"
9739 0.776915731 0.00313998749 "mlp"
EOD
$narrow_front << EOD
0.5 0.684486866
22 0.704122008
24 0.704864914
33 0.741935842
55 0.759118468
77 0.772453057
88 0.774321938
9739 0.776915731
EOD
$narrow_names << EOD
9739 0.776915731 "mlp"
88 0.774321938 "quantum_single"
33 0.741935842 "linear_window"
24 0.704864914 "quantum_mixed_1"
0.5 0.684486866 "quantum_zero"
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.776915731 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.773793847 0.000982867434 "quantum_zero"
0.5 0.767394172 0.00135677619 "quantum_zero"
33 0.708551403 0.00371613232 "quantum_mixed_1"
33 0.706602552 0.00312085903 "quantum_mixed_1"
44 0.778013227 0.00308749423 "quantum_shallow"
44 0.77019229 0.00334089465 "quantum_shallow"
55 0.732833103 0.00292226924 "quantum_mixed_2"
55 0.728175154 0.00327980697 "quantum_mixed_2"
88 0.775741949 0.000451774202 "quantum_product"
88 0.773473836 0.00074404263 "quantum_single"
88 0.772976432 0.000468780608 "quantum"
88 0.77252411 0.00398827794 "quantum"
88 0.770927114 0.00182067183 "quantum_single"
88 0.769324523 0.00223731694 "quantum_product"
99 0.756191889 0.00346181688 "quantum_mixed_4"
99 0.74556896 0.00607786601 "quantum_mixed_4"
132 0.772024675 0.00324308954 "quantum_sum_rx"
132 0.766341708 0.00534321595 "quantum_sum_rx"
176 0.773036591 0.00065231114 "quantum_deep"
176 0.769536197 0.00450264222 "quantum_deep"
253 0.77544522 0.00151345969 "quantum_sum"
253 0.763165942 0.00494559843 "quantum_sum"
EOD
$trained2 << EOD
22 0.706089389 0.00356579235 "random_1"
22 0.6978014 0.01830279 "random_1"
33 0.772920279 0.00305634353 "linear_window"
33 0.766049226 0.00499851045 "linear_window"
33 0.729037493 0.00175748407 "random_2"
33 0.726224395 0.00279699773 "random_2"
33 0.706863727 0.00212280568 "low_rank_1"
33 0.699752851 0.00652186364 "low_rank_1"
55 0.756205298 0.0060737634 "random_4"
55 0.74701708 0.00452004697 "random_4"
55 0.730072668 0.00244769476 "low_rank_2"
55 0.720833102 0.00387979999 "low_rank_2"
99 0.753141633 0.00842170499 "low_rank_4"
99 0.743228038 0.00884067032 "low_rank_4"
132 0.77271745 0.00208203415 "linear"
132 0.770323218 0.0046821053 "linear"
EOD
$trained3 << EOD
715 0.770925896 0.00021432506 "logistic"
9739 0.776915731 0.00313998749 "mlp"
EOD
$trained_front << EOD
0.5 0.773793847
44 0.778013227
EOD
$trained_names << EOD
44 0.778013227 "quantum_shallow"
0.5 0.773793847 "quantum_zero"
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.776915731 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.471745623 0 "quantum_zero"
0.5 0.471745623 0 "quantum_zero"
44 0.701674257 0.000114752837 "quantum_mixed_1"
44 0.511062687 0.0162053117 "quantum_shallow"
44 0.509258152 0.0133150148 "quantum_shallow"
77 0.720773262 0.000586444881 "quantum_mixed_2"
86 0.704772052 0.000344858276 "quantum_mixed_1"
88 0.576055114 0.00225955876 "quantum"
88 0.575338467 0.00351841627 "quantum"
88 0.533379083 0.000217354411 "quantum_product"
88 0.533379083 0.000217354411 "quantum_product"
143 0.742779546 0.0022626291 "quantum_mixed_4"
161 0.726875512 0.000810319108 "quantum_mixed_2"
176 0.59834698 0.00167502443 "quantum_deep"
176 0.59632415 0.00172084329 "quantum_deep"
253 0.757263671 0.000191225799 "quantum_sum_rx"
311 0.757081899 0.00410979989 "quantum_mixed_4"
495 0.757800463 0.000119341775 "quantum_sum"
715 0.773033252 0.000170730177 "quantum_sum_rx"
1419 0.773727855 0.00023502146 "quantum_sum"
EOD
$frozen2 << EOD
22 0.533566261 0 "random_1"
22 0.529587707 0 "random_1"
33 0.586659643 0.000100753158 "linear_window"
33 0.586659643 0.000100753158 "linear_window"
33 0.554581135 0.00242449055 "random_2"
33 0.551282979 0.00196266756 "random_2"
44 0.701535687 0.000347188036 "low_rank_1"
55 0.615736243 0.00082122791 "random_4"
55 0.558413359 0.00419012116 "random_4"
77 0.721079321 0.000186399096 "low_rank_2"
86 0.703995208 0.000178075074 "low_rank_1"
143 0.741159131 0.000275426999 "low_rank_4"
161 0.725177791 0.000207302433 "low_rank_2"
253 0.755426232 0.000190880322 "linear"
311 0.752327844 0.00245165819 "low_rank_4"
715 0.770925896 0.00021432506 "linear"
EOD
$frozen3 << EOD
715 0.770925896 0.00021432506 "logistic"
9739 0.776915731 0.00313998749 "mlp"
EOD
$frozen_front << EOD
0.5 0.471745623
22 0.533566261
33 0.586659643
44 0.701674257
77 0.721079321
143 0.742779546
253 0.757263671
495 0.757800463
715 0.773033252
1419 0.773727855
9739 0.776915731
EOD
$frozen_names << EOD
9739 0.776915731 "mlp"
1419 0.773727855 "quantum_sum"
715 0.773033252 "quantum_sum_rx"
253 0.757263671 "quantum_sum_rx"
143 0.742779546 "quantum_mixed_4"
77 0.721079321 "low_rank_2"
44 0.701674257 "quantum_mixed_1"
33 0.586659643 "linear_window"
22 0.533566261 "random_1"
0.5 0.471745623 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.776915731 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
