set terminal svg size 1560,480 noenhanced background 'white'
set output 'semeval_lsa_head_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'head parameters'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
0.5 0.626756498 0.00031040242 "quantum_zero"
0.5 0.572664568 0.000327443694 "quantum_zero"
0.5 0.545407081 0.000317069353 "quantum_zero"
0.5 0.519194174 0.000600449725 "quantum_zero"
24 0.638982165 0.000320568579 "quantum_mixed_1"
25 0.638931595 0.000334955535 "quantum_mixed_1"
26 0.638781262 0.000344102199 "quantum_mixed_1"
28 0.638561322 0.000294213035 "quantum_mixed_1"
33 0.667716747 0.00194848452 "quantum_sum_rx"
39 0.667954077 0.001318398 "quantum_mixed_2"
41 0.66727012 0.0019158202 "quantum_mixed_2"
44 0.676608859 0.00192047251 "quantum_sum_rx"
44 0.647851929 0.0117961079 "quantum_shallow"
44 0.626369728 0.00204560956 "quantum_shallow"
44 0.608228248 0.0236765215 "quantum_shallow"
44 0.592410019 0.0331120907 "quantum_shallow"
45 0.66296198 0.00880653238 "quantum_mixed_2"
55 0.687637134 0.00259050734 "quantum_sum_rx"
55 0.670710949 0.00154986002 "quantum_sum"
77 0.687695031 0.00325486231 "quantum_sum_rx"
77 0.677033599 0.00161399231 "quantum_sum"
79 0.689084278 0.000651842143 "quantum_mixed_4"
88 0.683702061 0.000532404526 "quantum_single"
88 0.683424433 0.00172552309 "quantum_single"
88 0.683215929 0.00221634661 "quantum_single"
88 0.680644183 0.00175168385 "quantum_single"
88 0.671921887 0.00296715537 "quantum"
88 0.664478781 0.00241507111 "quantum"
88 0.664018388 0.00579278516 "quantum_product"
88 0.661682444 0.00370297545 "quantum"
88 0.661343184 0.00624699776 "quantum_product"
88 0.659057115 0.0048502409 "quantum_product"
88 0.657561352 0.0115460687 "quantum"
88 0.653674653 0.00495460583 "quantum_product"
99 0.686367929 0.00376662849 "quantum_sum"
143 0.688788642 0.00236627121 "quantum_sum"
176 0.674898381 0.00461128389 "quantum_deep"
176 0.671846723 0.00298974766 "quantum_deep"
176 0.671569815 0.00357299736 "quantum_deep"
176 0.669052266 0.00221057858 "quantum_deep"
EOD
$narrow1 << EOD
37 0.646627299 0.0099043885 "hybrid_shared"
50 0.671203716 0.00213200224 "hybrid_shared"
63 0.67842443 0.00350786639 "hybrid_shared"
77 0.671887254 0.00234518703 "hybrid_per_task"
89 0.68549039 0.00512713573 "hybrid_shared"
110 0.673565859 0.00173671888 "hybrid_per_task"
143 0.680606095 0.00471148893 "hybrid_per_task"
209 0.685526706 0.00416492263 "hybrid_per_task"
EOD
$narrow2 << EOD
22 0.650683864 0.000149284166 "random_1"
22 0.650233566 0.000490233462 "random_1"
22 0.643598053 0.00602024311 "random_1"
22 0.643580172 0.00599851053 "random_1"
24 0.650683852 0.000140720382 "low_rank_1"
25 0.644675931 0.00626247312 "low_rank_1"
26 0.642345535 0.00567410167 "low_rank_1"
28 0.64229913 0.00566655027 "low_rank_1"
33 0.674942897 0.00135336051 "linear_window"
33 0.668499019 0.001473579 "linear_window"
33 0.665609901 0.000782677456 "linear_window"
33 0.664145637 0.00067107714 "linear"
33 0.66404505 0.000428029449 "linear_window"
33 0.663896337 0.000614689194 "random_2"
33 0.663732738 0.000505539743 "random_2"
33 0.663651919 0.000809464291 "random_2"
39 0.663355826 0.00120740949 "low_rank_2"
41 0.663555392 0.00152489434 "low_rank_2"
44 0.673829632 0.000449558812 "linear"
45 0.663066262 0.000962783148 "low_rank_2"
55 0.687126579 0.000976959884 "linear"
55 0.68685701 0.0010745421 "random_4"
77 0.67857359 0.000957869797 "linear"
79 0.686752108 0.00117126661 "low_rank_4"
EOD
$narrow3 << EOD
715 0.682235376 9.1355676e-05 "logistic"
9739 0.686515274 0.00229993398 "mlp"
EOD
$narrow_front << EOD
0.5 0.626756498
22 0.650683864
33 0.674942897
44 0.676608859
55 0.687637134
77 0.687695031
79 0.689084278
EOD
$narrow_names << EOD
79 0.689084278 "quantum_mixed_4"
44 0.676608859 "quantum_sum_rx"
22 0.650683864 "random_1"
0.5 0.626756498 "quantum_zero"
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.686515274 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.687120225 0.00359634254 "quantum_zero"
0.5 0.679705017 0.00270735442 "quantum_zero"
33 0.640893093 0.000705803692 "quantum_mixed_1"
33 0.640719674 0.000760434926 "quantum_mixed_1"
44 0.688071438 0.0036449311 "quantum_shallow"
44 0.680747338 0.00352207537 "quantum_shallow"
55 0.660297152 0.00406501819 "quantum_mixed_2"
55 0.657783043 0.00208019962 "quantum_mixed_2"
88 0.687615921 0.00335284506 "quantum_product"
88 0.685827904 0.00338639411 "quantum"
88 0.682232477 0.00293208289 "quantum_product"
88 0.681840303 0.00191180558 "quantum_single"
88 0.680724451 0.00141268747 "quantum_single"
88 0.680383525 0.00264770908 "quantum"
99 0.666351069 0.00463547145 "quantum_mixed_4"
99 0.66370892 0.00810777386 "quantum_mixed_4"
132 0.686148246 0.00338624524 "quantum_sum_rx"
132 0.681211207 0.00586693077 "quantum_sum_rx"
176 0.687203621 0.00326848493 "quantum_deep"
176 0.682281032 0.00336802382 "quantum_deep"
253 0.686414905 0.00349256705 "quantum_sum"
253 0.680954267 0.00507878899 "quantum_sum"
EOD
$trained2 << EOD
22 0.64197754 0.006002145 "random_1"
22 0.641858093 0.00662290606 "random_1"
33 0.686183808 0.00479013162 "linear_window"
33 0.682846912 0.00665602317 "linear_window"
33 0.661019293 0.00320392214 "random_2"
33 0.652427097 0.00522325417 "random_2"
33 0.640847317 0.00556971736 "low_rank_1"
33 0.630656319 0.0076512562 "low_rank_1"
55 0.672207645 0.00313066805 "random_4"
55 0.665212458 0.00513355862 "random_4"
55 0.651888421 0.00322598473 "low_rank_2"
55 0.648240194 0.00628569657 "low_rank_2"
99 0.670494777 0.00465265288 "low_rank_4"
99 0.669660458 0.00563232525 "low_rank_4"
132 0.681163512 0.00315261615 "linear"
132 0.680379112 0.00629911029 "linear"
EOD
$trained3 << EOD
715 0.682235376 9.1355676e-05 "logistic"
9739 0.686515274 0.00229993398 "mlp"
EOD
$trained_front << EOD
0.5 0.687120225
44 0.688071438
EOD
$trained_names << EOD
44 0.688071438 "quantum_shallow"
0.5 0.687120225 "quantum_zero"
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.686515274 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.471614207 0 "quantum_zero"
0.5 0.471614207 0 "quantum_zero"
44 0.611560265 0.0027139735 "quantum_mixed_1"
44 0.510282155 0.00978247097 "quantum_shallow"
44 0.506356787 0.00864315057 "quantum_shallow"
77 0.627877042 0.000772871435 "quantum_mixed_2"
86 0.651247166 0.000218218027 "quantum_mixed_1"
88 0.541347597 0.00432723198 "quantum"
88 0.541159223 0.00394165553 "quantum"
88 0.500006309 0.000447212558 "quantum_product"
88 0.500006309 0.000447212558 "quantum_product"
143 0.639862732 0.000698300618 "quantum_mixed_4"
161 0.666414689 0.0012057155 "quantum_mixed_2"
176 0.547177216 0.00230148477 "quantum_deep"
176 0.546617742 0.00247757577 "quantum_deep"
253 0.641264444 0.000153257376 "quantum_sum_rx"
311 0.689201135 0.00188599876 "quantum_mixed_4"
495 0.642023346 0.000816932324 "quantum_sum"
715 0.682149571 0.000316523837 "quantum_sum_rx"
1419 0.682186053 0.000348577031 "quantum_sum"
EOD
$frozen2 << EOD
22 0.516866958 0.00196606382 "random_1"
22 0.506790095 0 "random_1"
33 0.544367976 0.000947682001 "linear_window"
33 0.544367976 0.000947682001 "linear_window"
33 0.53592005 0.00040864077 "random_2"
33 0.532061244 0.000457346923 "random_2"
44 0.611975177 0.000160090754 "low_rank_1"
55 0.579501695 0.000353767224 "random_4"
55 0.526233662 0.00489051333 "random_4"
77 0.629926748 0.000403018513 "low_rank_2"
86 0.64992432 0.000218347677 "low_rank_1"
143 0.638844424 0.000555854705 "low_rank_4"
161 0.664088376 0.0010851781 "low_rank_2"
253 0.64188719 0.000397871754 "linear"
311 0.685626639 0.000644461636 "low_rank_4"
715 0.682235376 9.1355676e-05 "linear"
EOD
$frozen3 << EOD
715 0.682235376 9.1355676e-05 "logistic"
9739 0.686515274 0.00229993398 "mlp"
EOD
$frozen_front << EOD
0.5 0.471614207
22 0.516866958
33 0.544367976
44 0.611975177
77 0.629926748
86 0.651247166
161 0.666414689
311 0.689201135
EOD
$frozen_names << EOD
311 0.689201135 "quantum_mixed_4"
161 0.666414689 "quantum_mixed_2"
86 0.651247166 "quantum_mixed_1"
77 0.629926748 "low_rank_2"
44 0.611975177 "low_rank_1"
33 0.544367976 "linear_window"
22 0.516866958 "random_1"
0.5 0.471614207 "quantum_zero"
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_names using 1:2:3 with labels left rotate by 35 offset 0.3,0.5 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.686515274 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
