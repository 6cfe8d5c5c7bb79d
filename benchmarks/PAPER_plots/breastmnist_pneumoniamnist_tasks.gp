set terminal svg size 960,440 noenhanced background 'white'
set output 'breastmnist_pneumoniamnist_tasks.svg'
set grid
$data << EOD
task "quantum" deviation "linear" deviation "hybrid" deviation "hybrid_shared" deviation "hybrid_per_task" deviation "quantum_single" deviation
"breast" 0.740225564 0.0385759506 0.836967419 0.0113549017 0.783918129 0.0312504602 0.690350877 0.179046559 0.783918129 0.0312504602 0.76336675 0.0460468297
"pneumonia" 0.913563445 0.00463316781 0.924573745 0.00652833439 0.931628315 0.0141873836 0.921788297 0.0212372708 0.931628315 0.0141873836 0.928562349 0.00760871307
EOD
set style data histogram
set style histogram errorbars gap 2 lw 1
set style fill solid 0.7
set xtics rotate by -30 noenhanced
set yrange [0.4:1]
set ylabel 'test AUC'
plot for [i=0:5] $data using 2*i+2:2*i+3:xtic(1) title columnheader(2*i+2) noenhanced
