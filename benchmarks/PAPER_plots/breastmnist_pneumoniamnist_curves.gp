set terminal svg size 960,440 noenhanced background 'white'
set output 'breastmnist_pneumoniamnist_curves.svg'
set grid
$head0 << EOD
1 0.857793843 0.7510092
2 0.724895429 0.86502503
3 0.671587265 0.815078613
4 0.634180352 0.860892305
5 0.604631427 0.868374235
EOD
$head1 << EOD
1 1.15451133 0.86890355
2 0.670902248 0.879231068
3 0.538265813 0.894750802
4 0.48626127 0.899090987
5 0.454667228 0.899014818
EOD
$head2 << EOD
1 1.11691982 0.826127873
2 0.803266155 0.860463856
3 0.711274733 0.88135062
4 0.656009338 0.878181529
5 0.631073292 0.880744921
EOD
$head3 << EOD
1 1.01749129 0.822654465
2 0.735294666 0.861468438
3 0.662919458 0.881604253
4 0.624738647 0.889239737
5 0.603191823 0.889363512
EOD
$head4 << EOD
1 0.964536052 0.828062086
2 0.713281319 0.828496405
3 0.614985195 0.855981069
4 0.5563552 0.854923012
5 0.532155602 0.856292831
EOD
set multiplot layout 1,2
set xlabel 'epoch'
set ylabel 'training loss, sum over tasks'
plot $head0 using 1:2 with lines lw 2 title 'quantum' noenhanced, $head1 using 1:2 with lines lw 2 title 'linear' noenhanced, $head2 using 1:2 with lines lw 2 title 'hybrid_shared' noenhanced, $head3 using 1:2 with lines lw 2 title 'hybrid_per_task' noenhanced, $head4 using 1:2 with lines lw 2 title 'quantum_single' noenhanced
set ylabel 'validation AUC, mean over tasks'
set key right bottom
plot $head0 using 1:3 with lines lw 2 title 'quantum' noenhanced, $head1 using 1:3 with lines lw 2 title 'linear' noenhanced, $head2 using 1:3 with lines lw 2 title 'hybrid_shared' noenhanced, $head3 using 1:3 with lines lw 2 title 'hybrid_per_task' noenhanced, $head4 using 1:3 with lines lw 2 title 'quantum_single' noenhanced
unset multiplot
