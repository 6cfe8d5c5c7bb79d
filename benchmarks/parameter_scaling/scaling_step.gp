set terminal svg size 960,440 noenhanced background 'white'
set output 'scaling_step.svg'
set grid
$quantum << EOD
2 0.0636914792
4 0.06603025
8 0.0852446042
16 0.155412085
32 0.41925516
EOD
$linear << EOD
2 0.0472037187
4 0.0666456542
8 0.0388262604
16 0.104079692
32 0.147638694
EOD
$hybrid_shared << EOD
2 0.0823788833
4 0.385578104
8 207.766494
EOD
$hybrid_per_task << EOD
2 0.12340206
4 0.947228687
EOD
set logscale x 2
set key outside
set xlabel 'tasks'
set logscale y
set ylabel 'ms a step'
plot $quantum with linespoints lw 2 pt 7 title 'quantum' noenhanced, $linear with linespoints lw 2 pt 7 title 'linear' noenhanced, $hybrid_shared with linespoints lw 2 pt 7 title 'hybrid_shared' noenhanced, $hybrid_per_task with linespoints lw 2 pt 7 title 'hybrid_per_task' noenhanced
