set terminal svg size 960,440 noenhanced background 'white'
set output 'mustard_parameters.svg'
set grid
$data << EOD
68 0.600199397 0.0069748106 "quantum"
275 0.611602025 0.00528066277 "linear"
295 0.599156994 0.00763658621 "hybrid_shared"
375 0.605238796 0.0117204915 "hybrid_per_task"
68 0.617422087 0.0035960102 "quantum_single"
EOD
set logscale x 2
set offsets graph 0.1, graph 0.25, graph 0.1, graph 0.1
set xlabel 'head parameters'
set ylabel 'mean test AUC'
unset key
plot $data using 1:2:3 with yerrorbars pt 7 lw 2, $data using 1:2:4 with labels noenhanced left offset 1,0.5
