set terminal svg size 960,440 noenhanced background 'white'
set output 'mustard_parameters.svg'
set grid
$data << EOD
72 0.620961966 0.00226610065 "quantum"
275 0.615964289 0.00376212772 "linear"
295 0.604601584 0.00629195296 "hybrid_shared"
375 0.61320297 0.00330492451 "hybrid_per_task"
72 0.628405784 0.00270160597 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
