set terminal svg size 960,440 noenhanced background 'white'
set output 'ham10000_parameters.svg'
set grid
$data << EOD
101 0.700125252 0.003072556 "quantum"
264 0.701958596 0.00233729481 "linear"
284 0.712179368 0.00356065381 "hybrid_shared"
364 0.7130902 0.0026766375 "hybrid_per_task"
101 0.7002228 0.00190705397 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
