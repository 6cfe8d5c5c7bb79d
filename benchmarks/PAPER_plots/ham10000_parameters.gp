set terminal svg size 960,440 noenhanced background 'white'
set output 'ham10000_parameters.svg'
set grid
$data << EOD
169 0.712267745 0.00262364763 "quantum"
264 0.71691555 0.00127466238 "linear"
284 0.715113196 0.00361874782 "hybrid_shared"
364 0.712777533 0.00311483788 "hybrid_per_task"
169 0.706096495 0.00200365665 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
