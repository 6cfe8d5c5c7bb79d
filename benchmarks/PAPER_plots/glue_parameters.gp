set terminal svg size 960,440 noenhanced background 'white'
set output 'glue_parameters.svg'
set grid
$data << EOD
20 0.621813102 0.00213010783 "quantum"
36 0.623276491 0.00132263633 "linear"
52 0.6156572 0.00164864674 "hybrid_shared"
100 0.61712144 0.00218950505 "hybrid_per_task"
20 0.622037693 0.0015406239 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
