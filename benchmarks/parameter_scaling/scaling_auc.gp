set terminal svg size 960,440 noenhanced background 'white'
set output 'scaling_auc.svg'
set grid
$quantum << EOD
2 0.922300386
4 0.920731526
8 0.924912326
16 0.91564259
32 0.91198274
EOD
$linear << EOD
2 0.92885739
4 0.928512729
8 0.915798282
16 0.923114662
32 0.943523682
EOD
$hybrid_shared << EOD
2 0.915826601
4 0.922160539
8 0.90888022
EOD
$hybrid_per_task << EOD
2 0.921815503
4 0.924615056
EOD
set logscale x 2
set key outside
set xlabel 'tasks'
set ylabel 'mean test AUC'
plot $quantum with linespoints lw 2 pt 7 title 'quantum' noenhanced, $linear with linespoints lw 2 pt 7 title 'linear' noenhanced, $hybrid_shared with linespoints lw 2 pt 7 title 'hybrid_shared' noenhanced, $hybrid_per_task with linespoints lw 2 pt 7 title 'hybrid_per_task' noenhanced
