set terminal svg size 1560,480 noenhanced background 'white'
set output 'glue_total_parameters.svg'
set grid
set logscale x 2
set offsets graph 0.05, graph 0.15, graph 0.12, graph 0.02
set xlabel 'parameters in all'
set ylabel 'mean test AUC'
set key bottom right font ',9'
set multiplot layout 1,3
$narrow0 << EOD
130 0.612377349 0.0027181961 "quantum_zero"
142 0.622939734 0.00403318743 "quantum_sum_rx"
146 0.613675825 0.00550474306 "quantum_shallow"
150 0.623310564 0.00494163649 "quantum_sum"
162 0.617688542 0.00240205635 "quantum_product"
162 0.613477797 0.00366836478 "quantum"
194 0.614076532 0.00449620272 "quantum_deep"
195 0.615173007 0.00376619349 "quantum_zero"
211 0.62473225 0.00179871746 "quantum_sum_rx"
211 0.606813456 0.00647015231 "quantum_shallow"
223 0.625022076 0.0036775832 "quantum_sum"
227 0.617251333 0.00137566687 "quantum_product"
227 0.614395631 0.00302848624 "quantum"
259 0.614025213 0.00678590243 "quantum_deep"
552 0.620151373 0.00278656511 "quantum_single"
812 0.618368747 0.00459132355 "quantum_single"
EOD
$narrow1 << EOD
146 0.59426663 0.0056968173 "hybrid_shared"
158 0.592792984 0.0117770893 "hybrid_per_task"
217 0.581451248 0.0112849647 "hybrid_shared"
235 0.61520724 0.00504562367 "hybrid_per_task"
EOD
$narrow2 << EOD
142 0.618186398 0.00311291123 "linear"
142 0.617189147 0.00243800073 "linear_window"
142 0.609646385 0.00709965238 "linear_sine"
207 0.621314974 0.00323959035 "linear_window"
211 0.624387234 0.00139749185 "linear"
211 0.622110451 0.00212379157 "linear_sine"
EOD
$narrow3 << EOD
260 0.621690433 0.00288239479 "logistic"
2212 0.625041388 0.00403402332 "mlp"
EOD
$narrow_front << EOD
130 0.612377349 1
142 0.622939734 2
150 0.623310564 3
211 0.62473225 4
223 0.625022076 5
2212 0.625041388 6
EOD
set title 'narrow'
set xtics auto
plot $narrow0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $narrow1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $narrow2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $narrow3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $narrow_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $narrow_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.625041388 lc rgb '#7f7f7f' dt 4 title 'mlp'
$trained0 << EOD
556 0.622446325 0.00301937026 "quantum_zero"
572 0.619946166 0.00189958078 "quantum_shallow"
576 0.605911434 0.0144310767 "quantum_sum_rx"
588 0.621774917 0.00140840895 "quantum_product"
588 0.621427209 0.00159809495 "quantum"
592 0.616822514 0.00602283059 "quantum_sum"
620 0.620818426 0.00190238574 "quantum_deep"
2212 0.61459115 0.00355520095 "quantum_zero"
2228 0.594460874 0.0257672801 "quantum_shallow"
2232 0.618700282 0.00863344639 "quantum_sum_rx"
2244 0.607951112 0.00843659319 "quantum_product"
2244 0.596047493 0.00925337876 "quantum"
2248 0.621642726 0.00407709017 "quantum_sum"
2256 0.612107008 0.00926679717 "quantum_single"
2276 0.597358745 0.00665967291 "quantum_deep"
8880 0.609916469 0.0083551998 "quantum_single"
EOD
$trained1 << EOD
584 0.609124857 0.00605903796 "hybrid_shared"
608 0.604406011 0.00908997696 "hybrid_per_task"
2240 0.604862876 0.0115571973 "hybrid_shared"
2264 0.606622975 0.00944903027 "hybrid_per_task"
EOD
$trained2 << EOD
568 0.616108984 0.00897848872 "linear_window"
576 0.616152887 0.00716777359 "linear_sine"
576 0.609105657 0.00590272016 "linear"
2224 0.615258988 0.00532094658 "linear_window"
2232 0.623826257 0.00616220868 "linear"
2232 0.621273675 0.00672511695 "linear_sine"
EOD
$trained3 << EOD
260 0.621690433 0.00288239479 "logistic"
2212 0.625041388 0.00403402332 "mlp"
EOD
$trained_front << EOD
260 0.621690433 1
556 0.622446325 2
2212 0.625041388 3
EOD
set title 'trained'
set xtics auto
plot $trained0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $trained1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $trained2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $trained3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $trained_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $trained_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.625041388 lc rgb '#7f7f7f' dt 4 title 'mlp'
$frozen0 << EOD
0.5 0.529835321 0 "quantum_zero"
0.5 0.529835321 0 "quantum_zero"
16 0.562759483 0.00677506388 "quantum_mixed_1"
16 0.528965753 0.00128375734 "quantum_shallow"
16 0.501293285 0.0169560886 "quantum_shallow"
28 0.557359738 0.00539059836 "quantum_mixed_2"
32 0.539282984 0.0029187928 "quantum_product"
32 0.539282984 0.0029187928 "quantum_product"
32 0.531825283 0.00477419792 "quantum"
32 0.531659543 0.00430055084 "quantum"
36 0.561814917 0.00195604359 "quantum_sum_rx"
52 0.558251135 0.00404890559 "quantum_mixed_4"
64 0.546093299 0.0015152559 "quantum_deep"
64 0.541767737 0.00412939423 "quantum_deep"
68 0.549241837 0.00294700873 "quantum_sum"
72 0.601803873 0.00728593593 "quantum_mixed_1"
140 0.619340256 0.00714833159 "quantum_mixed_2"
260 0.624330053 0.00378186859 "quantum_sum_rx"
276 0.626736605 0.00258496096 "quantum_mixed_4"
516 0.626507177 0.00179919757 "quantum_sum"
EOD
$frozen1 << EOD
52 0.524043403 0.00239792464 "hybrid_shared"
100 0.52848978 0.00748244671 "hybrid_per_task"
EOD
$frozen2 << EOD
8 0.520803496 0.018910765 "random_1"
8 0.518828236 0.0169121608 "random_1"
12 0.553497812 0.000731153703 "linear_window"
12 0.553497812 0.000731153703 "linear_window"
12 0.533492653 0.0152167582 "random_2"
12 0.528633178 0.0180114271 "random_2"
16 0.55719877 0.0131074077 "low_rank_sine_1"
16 0.547706994 0.0190184551 "low_rank_1"
20 0.540121335 0.0180176246 "random_4"
20 0.532880799 0.013459265 "random_4"
28 0.538282016 0.00345936823 "low_rank_sine_2"
28 0.536035644 0.00337150651 "low_rank_2"
36 0.544898026 0.000801361597 "linear_sine"
36 0.540641516 0.000935051549 "linear"
52 0.549909029 0.00332624388 "low_rank_4"
52 0.537970081 0.00197786723 "low_rank_sine_4"
72 0.599913641 0.00314213536 "low_rank_1"
72 0.597608695 0.00578576048 "low_rank_sine_1"
140 0.616787797 0.00303665492 "low_rank_2"
140 0.608061717 0.00291533055 "low_rank_sine_2"
260 0.621690433 0.00288239479 "linear"
260 0.61974387 0.00504250144 "linear_sine"
276 0.623709336 0.00497181043 "low_rank_sine_4"
276 0.621538517 0.00370841094 "low_rank_4"
EOD
$frozen3 << EOD
260 0.621690433 0.00288239479 "logistic"
2212 0.625041388 0.00403402332 "mlp"
EOD
$frozen_front << EOD
0.5 0.529835321 1
12 0.553497812 2
16 0.562759483 3
72 0.601803873 4
140 0.619340256 5
260 0.624330053 6
276 0.626736605 7
EOD
set title 'frozen'
set xtics add ('0' 0.5)
plot $frozen0 using 1:2:3 with yerrorbars pt 7 lc rgb '#d62728' ps 0.7 title 'quantum', $frozen1 using 1:2:3 with yerrorbars pt 9 lc rgb '#2ca02c' ps 0.7 title 'hybrid', $frozen2 using 1:2:3 with yerrorbars pt 5 lc rgb '#1f77b4' ps 0.7 title 'linear, low rank', $frozen3 using 1:2:3 with yerrorbars pt 13 lc rgb '#7f7f7f' ps 0.7 title 'no bottleneck', $frozen_front using 1:2 with steps lw 1.5 lc rgb 'black' title 'Pareto front', $frozen_front using 1:2:3 with labels right offset -0.4,0.4 font ',9' notitle, 0.5 lc rgb '#999999' dt 2 title 'chance', 0.625041388 lc rgb '#7f7f7f' dt 4 title 'mlp'
unset multiplot
