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
0.5 0.572639866 0.000363326046 "quantum_zero"
0.5 0.545306516 0.000366110104 "quantum_zero"
0.5 0.516882592 0.00081573555 "quantum_zero"
33 0.667583784 0.00190369124 "quantum_sum_rx"
44 0.676608859 0.00192047251 "quantum_sum_rx"
44 0.644707255 0.0117191907 "quantum_shallow"
44 0.626369728 0.00204560956 "quantum_shallow"
44 0.6196229 0.00514968758 "quantum_shallow"
44 0.608228248 0.0236765215 "quantum_shallow"
55 0.688693115 0.00096478048 "quantum_sum_rx"
55 0.670710949 0.00154986002 "quantum_sum"
77 0.687695031 0.00325486231 "quantum_sum_rx"
77 0.677033599 0.00161399231 "quantum_sum"
88 0.683424433 0.00172552309 "quantum_single"
88 0.683075295 0.00108863816 "quantum_single"
88 0.683068841 0.00210543147 "quantum_single"
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
143 0.687610768 0.00269146075 "quantum_sum"
176 0.674898381 0.00461128389 "quantum_deep"
176 0.671846723 0.00298974766 "quantum_deep"
176 0.671569815 0.00357299736 "quantum_deep"
176 0.669052266 0.00221057858 "quantum_deep"
EOD
$narrow1 << EOD
37 0.649045657 0.000619022659 "hybrid_shared"
50 0.671727687 0.00196816994 "hybrid_shared"
63 0.675522234 0.00223489069 "hybrid_shared"
77 0.670559158 0.0039907714 "hybrid_per_task"
89 0.685565663 0.00526911507 "hybrid_shared"
110 0.673601508 0.00170747956 "hybrid_per_task"
143 0.682318686 0.00476208189 "hybrid_per_task"
209 0.683878559 0.00736496141 "hybrid_per_task"
EOD
$narrow2 << EOD
33 0.671246624 0.00688805163 "linear_window"
33 0.668262037 0.00253578196 "linear_window"
33 0.664959896 0.00080375375 "linear_window"
33 0.664751957 0.00216318114 "linear_sine"
33 0.663279704 0.00101079334 "linear_window"
33 0.662087672 0.00118454541 "linear"
44 0.676306347 0.00277517372 "linear_sine"
44 0.673710513 0.000635469351 "linear"
55 0.688866115 0.00131229984 "linear_sine"
55 0.686869478 0.00163507964 "linear"
77 0.684954665 0.00218962271 "linear_sine"
77 0.678674599 0.000248449966 "linear"
EOD
$narrow3 << EOD
715 0.682229317 9.46914136e-05 "logistic"
9739 0.686515274 0.00229993398 "mlp"
EOD
$narrow_front << EOD
0.5 0.626756498 1
33 0.671246624 2
44 0.676608859 3
55 0.688866115 4
EOD
set title 'narrow'
set xtics add ('0' 0.5)
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.686515274 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
0.5 0.687120225 0.00359634254 "quantum_zero"
0.5 0.679705017 0.00270735442 "quantum_zero"
44 0.688071438 0.0036449311 "quantum_shallow"
44 0.680747338 0.00352207537 "quantum_shallow"
88 0.687615921 0.00335284506 "quantum_product"
88 0.685827904 0.00338639411 "quantum"
88 0.682232477 0.00293208289 "quantum_product"
88 0.681088709 0.00197587262 "quantum_single"
88 0.680724451 0.00141268747 "quantum_single"
88 0.680383525 0.00264770908 "quantum"
132 0.686148246 0.00338624524 "quantum_sum_rx"
132 0.681211207 0.00586693077 "quantum_sum_rx"
176 0.687203621 0.00326848493 "quantum_deep"
176 0.682281032 0.00336802382 "quantum_deep"
253 0.686414905 0.00349256705 "quantum_sum"
253 0.680954267 0.00507878899 "quantum_sum"
EOD
$trained2 << EOD
33 0.685165346 0.00457666144 "linear_window"
33 0.677616398 0.00666022272 "linear_window"
132 0.684561824 0.0062859238 "linear"
132 0.683477537 0.00766646953 "linear_sine"
132 0.678043923 0.00512254095 "linear_sine"
132 0.678005676 0.00481424237 "linear"
EOD
$trained3 << EOD
715 0.682229317 9.46914136e-05 "logistic"
9739 0.686515274 0.00229993398 "mlp"
EOD
$trained_front << EOD
0.5 0.687120225 1
44 0.688071438 2
EOD
set title 'trained'
set xtics add ('0' 0.5)
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.686515274 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.471614207 0 "quantum_zero"
0.5 0.471614207 0 "quantum_zero"
44 0.611526907 0.00279101553 "quantum_mixed_1"
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
176 0.546955837 0.00293917106 "quantum_deep"
176 0.544460717 0.00366944077 "quantum_deep"
253 0.641264444 0.000153257376 "quantum_sum_rx"
311 0.68811162 0.00167175079 "quantum_mixed_4"
495 0.642049106 0.000845117948 "quantum_sum"
715 0.682149571 0.000316523837 "quantum_sum_rx"
1419 0.682186053 0.000348577031 "quantum_sum"
EOD
$frozen2 << EOD
22 0.52639359 0.0165962617 "random_1"
22 0.522137895 0.0168583902 "random_1"
33 0.544805366 0.000885253237 "linear_window"
33 0.544805366 0.000885253237 "linear_window"
33 0.53425157 0.0137630571 "random_2"
33 0.52687895 0.0190156716 "random_2"
44 0.613071043 0.000489893282 "low_rank_sine_1"
44 0.612694767 0.000308235591 "low_rank_1"
55 0.557522586 0.0175452223 "random_4"
55 0.537527615 0.0226903696 "random_4"
77 0.630000603 0.000432254444 "low_rank_2"
77 0.62729649 0.00076875158 "low_rank_sine_2"
86 0.651009951 0.000210430474 "low_rank_sine_1"
86 0.649857543 0.000262777036 "low_rank_1"
143 0.638891841 0.000345525838 "low_rank_4"
143 0.638465727 0.000734380018 "low_rank_sine_4"
161 0.668235624 0.000791971947 "low_rank_sine_2"
161 0.664606239 0.00201623725 "low_rank_2"
253 0.641881065 0.000409206934 "linear"
253 0.640501763 0.000261081113 "linear_sine"
311 0.688522063 0.00132111148 "low_rank_sine_4"
311 0.68553163 0.00064960946 "low_rank_4"
715 0.68236021 0.000310253806 "linear_sine"
715 0.682229317 9.46914136e-05 "linear"
EOD
$frozen3 << EOD
715 0.682229317 9.46914136e-05 "logistic"
9739 0.686515274 0.00229993398 "mlp"
EOD
$frozen_front << EOD
0.5 0.471614207 1
22 0.52639359 2
33 0.544805366 3
44 0.613071043 4
77 0.630000603 5
86 0.651247166 6
161 0.668235624 7
311 0.688522063 8
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.686515274 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
