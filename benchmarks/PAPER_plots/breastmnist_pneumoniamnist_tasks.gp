set terminal svg size 960,440 noenhanced background 'white'
set output 'breastmnist_pneumoniamnist_tasks.svg'
set grid
$data << EOD
task "quantum" deviation "linear" deviation "hybrid" deviation "hybrid_shared" deviation "hybrid_per_task" deviation "quantum_single" deviation
"breast" 0.830075188 0.0202544587 0.831453634 0.0200734992 0.812656642 0.0145248433 0.844235589 0.0124425987 0.812656642 0.0145248433 0.802255639 0.0291435342
"pneumonia" 0.933984221 0.0101029507 0.93411133 0.00452903894 0.929912338 0.0098733844 0.942748192 0.0109787941 0.929912338 0.0098733844 0.937140039 0.007829126
EOD
set style data histogram
set style histogram errorbars gap 2 lw 1
set style fill solid 0.7
set xtics rotate by -30 noenhanced
set yrange [0.4:1]
set ylabel 'test AUC'
plot for [i=0:5] $data using 2*i+2:2*i+3:xtic(1) title columnheader(2*i+2) noenhanced
