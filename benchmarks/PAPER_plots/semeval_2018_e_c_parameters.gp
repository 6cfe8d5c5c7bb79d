set terminal svg size 960,440 noenhanced background 'white'
set output 'semeval_2018_e_c_parameters.svg'
set grid
$data << EOD
77 0.68823633 0.0030941677 "quantum"
132 0.687689621 0.00185976906 "linear"
154 0.684794831 0.0104144974 "hybrid_shared"
374 0.684389874 0.00319556013 "hybrid_per_task"
77 0.680694447 0.00153453605 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
