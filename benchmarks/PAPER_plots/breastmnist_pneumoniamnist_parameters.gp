set terminal svg size 960,440 noenhanced background 'white'
set output 'breastmnist_pneumoniamnist_parameters.svg'
set grid
$data << EOD
16 0.882029704 0.00893402136 "quantum"
18 0.882782482 0.0102287403 "linear"
34 0.89349189 0.0068618979 "hybrid_shared"
50 0.87128449 0.0047268901 "hybrid_per_task"
16 0.869697839 0.0150694089 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
