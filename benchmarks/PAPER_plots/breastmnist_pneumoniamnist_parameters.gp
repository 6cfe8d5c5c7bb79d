set terminal svg size 960,440 noenhanced background 'white'
set output 'breastmnist_pneumoniamnist_parameters.svg'
set grid
$data << EOD
10 0.826894505 0.0195947869 "quantum"
18 0.880770582 0.00792954906 "linear"
34 0.806069587 0.0869761059 "hybrid_shared"
50 0.857773222 0.0173923243 "hybrid_per_task"
10 0.84596455 0.0241820755 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
