set terminal svg size 1560,480 noenhanced background 'white'
set output 'mustard_total_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'parameters in all'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
352 0.530772699 0.00956361563 "quantum_mixed_1"
375 0.556181084 0.00576375565 "quantum_sum_rx"
425 0.556301994 0.00902074782 "quantum_sum"
503 0.53605911 0.0113195684 "quantum_mixed_1"
531 0.547839633 0.0104554724 "quantum_mixed_2"
550 0.577544932 0.00672208493 "quantum_sum_rx"
600 0.579616652 0.00234958361 "quantum_zero"
625 0.579050908 0.0033685113 "quantum_sum"
628 0.5586815 0.00723133864 "quantum_shallow"
654 0.529151702 0.00836357689 "quantum_mixed_1"
656 0.563210241 0.00548437401 "quantum_product"
656 0.550723592 0.00887479566 "quantum"
683 0.552787341 0.0101098979 "quantum_mixed_2"
712 0.553643299 0.00831949605 "quantum_deep"
725 0.568277459 0.00273291656 "quantum_sum_rx"
825 0.590676521 0.00342573545 "quantum_sum"
3056 0.565362914 0.0079760248 "quantum_single"
EOD
$narrow1 << EOD
379 0.539151776 0.012151874 "hybrid_shared"
395 0.553535434 0.0062975046 "hybrid_per_task"
556 0.534601692 0.0160438405 "hybrid_shared"
580 0.550198521 0.0127801378 "hybrid_per_task"
733 0.532168407 0.0107144171 "hybrid_shared"
765 0.534113832 0.0167650304 "hybrid_per_task"
EOD
$narrow2 << EOD
350 0.539856768 0.0111030762 "random_1"
352 0.543868313 0.0196233197 "low_rank_1"
375 0.562380699 0.00773550439 "linear"
375 0.557858184 0.00299578656 "linear_window"
500 0.534203472 0.0104765245 "random_1"
503 0.53567055 0.00877917213 "low_rank_1"
525 0.566897333 0.00756798276 "random_2"
531 0.547985765 0.0161003122 "low_rank_2"
543 0.574443047 0.00526350856 "linear_window"
550 0.586155804 0.00627676658 "linear"
650 0.542403308 0.013626928 "random_1"
654 0.53362909 0.00884655972 "low_rank_1"
675 0.553298049 0.00288149339 "random_2"
683 0.559503977 0.00810835486 "low_rank_2"
711 0.586436802 0.00451304012 "linear_window"
725 0.586497716 0.00364178842 "linear"
EOD
$narrow3 << EOD
3750 0.610179889 0.00104024875 "logistic"
5625 0.604183136 0.00171593786 "mlp"
EOD
$narrow_front << EOD
350 0.539856768
352 0.543868313
375 0.562380699
525 0.566897333
543 0.574443047
550 0.586155804
711 0.586436802
725 0.586497716
825 0.590676521
3750 0.610179889
EOD
$narrow_names << EOD
3750 0.610179889 "logistic"
825 0.590676521 "quantum_sum"
525 0.566897333 "random_2"
352 0.543868313 "low_rank_1"
EOD
set title 'narrow'
set xtics auto
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.604183136 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
1245 0.547622309 0.00794331807 "quantum_zero"
1273 0.574546652 0.00417974017 "quantum_shallow"
1300 0.524420485 0.0177226386 "quantum_mixed_1"
1301 0.582638232 0.00791823457 "quantum"
1301 0.571153407 0.00617310668 "quantum_product"
1330 0.543869428 0.0123458243 "quantum_mixed_2"
1357 0.578809505 0.00703417913 "quantum_deep"
1390 0.562599041 0.00626185426 "quantum_mixed_4"
1395 0.564072405 0.00774440046 "quantum_sum_rx"
1520 0.575000759 0.00798900565 "quantum_sum"
4965 0.562144945 0.00607680449 "quantum_zero"
4993 0.585028174 0.00445684666 "quantum_shallow"
5020 0.526007017 0.0120314128 "quantum_mixed_1"
5021 0.571450849 0.00721752553 "quantum"
5021 0.569084734 0.00945281341 "quantum_product"
5050 0.544412836 0.0128369499 "quantum_mixed_2"
5077 0.569514879 0.00691140896 "quantum_deep"
5110 0.56668778 0.00880468476 "quantum_mixed_4"
5115 0.590914567 0.00636714425 "quantum_sum_rx"
5240 0.574552681 0.00820215067 "quantum_sum"
6281 0.610144672 0.00340929517 "quantum_single"
24881 0.60354547 0.00667136552 "quantum_single"
EOD
$trained1 << EOD
1405 0.551255536 0.0125225975 "hybrid_shared"
1445 0.558033274 0.0106938704 "hybrid_per_task"
5125 0.533935203 0.0138033584 "hybrid_shared"
5165 0.540201617 0.0101240111 "hybrid_per_task"
EOD
$trained2 << EOD
1295 0.528735866 0.0135704067 "random_1"
1300 0.534081776 0.0120818286 "low_rank_1"
1320 0.548310496 0.00683828053 "random_2"
1330 0.54924207 0.0115857107 "low_rank_2"
1356 0.571279903 0.0129141523 "linear_window"
1370 0.563928056 0.00975489752 "random_4"
1390 0.566971042 0.00597991814 "low_rank_4"
1395 0.571121142 0.00924765757 "linear"
5015 0.526299134 0.00731561379 "random_1"
5020 0.528616757 0.0107051941 "low_rank_1"
5040 0.542214547 0.0126434575 "random_2"
5050 0.542807065 0.0134092672 "low_rank_2"
5076 0.5739833 0.0090508946 "linear_window"
5090 0.577924421 0.00848078999 "random_4"
5110 0.5748682 0.00660541265 "low_rank_4"
5115 0.57857954 0.00912182647 "linear"
EOD
$trained3 << EOD
3750 0.610179889 0.00104024875 "logistic"
5625 0.604183136 0.00171593786 "mlp"
EOD
$trained_front << EOD
1245 0.547622309
1273 0.574546652
1301 0.582638232
3750 0.610179889
EOD
$trained_names << EOD
3750 0.610179889 "logistic"
1301 0.582638232 "quantum"
1245 0.547622309 "quantum_zero"
EOD
set title 'trained'
set xtics auto
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.604183136 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.475773211 0 "quantum_zero"
28 0.498094811 0.00753140824 "quantum_shallow"
56 0.508494892 0.00901395297 "quantum"
56 0.505356227 0.00623393114 "quantum_product"
112 0.528350126 0.00647253323 "quantum_deep"
199 0.536199544 0.0128125269 "quantum_mixed_1"
373 0.560784985 0.0110721722 "quantum_mixed_2"
721 0.575692099 0.00285532391 "quantum_mixed_4"
3750 0.608756828 0.000962662879 "quantum_sum_rx"
7475 0.608453167 0.00410668179 "quantum_sum"
EOD
$frozen2 << EOD
50 0.50490932 0.0101251455 "random_1"
75 0.495867698 0.00262064681 "random_2"
111 0.562653067 0.000495280452 "linear_window"
125 0.506876467 0.00487237463 "random_4"
199 0.545722192 0.00642727309 "low_rank_1"
373 0.564941739 0.00538096153 "low_rank_2"
721 0.581027041 0.00534813845 "low_rank_4"
3750 0.610179889 0.00104024875 "linear"
EOD
$frozen3 << EOD
3750 0.610179889 0.00104024875 "logistic"
5625 0.604183136 0.00171593786 "mlp"
EOD
$frozen_front << EOD
0.5 0.475773211
28 0.498094811
50 0.50490932
56 0.508494892
111 0.562653067
373 0.564941739
721 0.581027041
3750 0.610179889
EOD
$frozen_names << EOD
3750 0.610179889 "linear"
721 0.581027041 "low_rank_4"
373 0.564941739 "low_rank_2"
111 0.562653067 "linear_window"
56 0.508494892 "quantum"
28 0.498094811 "quantum_shallow"
0.5 0.475773211 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.604183136 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
