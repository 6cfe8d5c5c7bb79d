set terminal svg size 960,440 noenhanced background 'white'
set output 'semeval_2018_e_c_parameters.svg'
set grid
$data << EOD
77 0.68823633 0.0030941677 "quantum"
132 0.689716629 0.00160262013 "linear"
154 0.681794592 0.00491458021 "hybrid_shared"
374 0.689400547 0.00323179686 "hybrid_per_task"
77 0.678851606 0.00323512077 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
