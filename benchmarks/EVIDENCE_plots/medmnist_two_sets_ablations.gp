set terminal svg size 900,420 noenhanced background 'white'
set output 'medmnist_two_sets_ablations.svg'
set grid
$view0 << EOD
0 0.672128653 0.0364333802
1 0.810933856 0.0174061512
2 0.801698432 0.0249601498
3 0.828732235 0.00275521038
4 0.84020535 0.00105865428
5 0.819466236 0.0118614487
6 0.823554992 0.014488192
7 0.843653117 0.00255923764
EOD
$view1 << EOD
0.03 0.860090521 0.0108170595
1.03 0.854629329 0.0147802798
2.03 0.848818306 0.0041479344
3.03 0.84960397 0.0150130697
4.03 0.825265057 0.0090399082
5.03 0.840383997 0.00993645925
6.03 0.812534719 0.0165973367
7.03 0.853598983 0.00481991141
EOD
$view2 << EOD
0.06 0.514482376 0
1.06 0.542150952 0.0194084941
2.06 0.558486638 0.0233085987
3.06 0.608659362 0.00518354338
4.06 0.573881256 0.00281973691
5.06 0.840984521 0.00262144973
6.06 0.853217334 0.00276230666
7.06 0.837759146 0.0024902987
EOD
set xtics ('quantum_zero' 0, 'quantum_shallow' 1, 'quantum' 2, 'quantum_deep' 3, 'quantum_product' 4, 'quantum_sum_rx' 5, 'quantum_sum' 6, 'linear' 7) rotate by 20 right noenhanced
set xrange [-0.5:7.7]
set ylabel 'mean test AUC'
set key outside
plot $view0 using 1:2:3 with yerrorlines lw 1.5 pt 7 ps 0.6 title 'narrow, 2', $view1 using 1:2:3 with yerrorlines lw 1.5 pt 7 ps 0.6 title 'trained, 4', $view2 using 1:2:3 with yerrorlines lw 1.5 pt 7 ps 0.6 title 'frozen, 64', 0.5 lc rgb '#999999' dt 2 title 'chance'
