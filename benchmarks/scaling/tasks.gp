set datafile separator ','
set terminal svg size 720,440 background 'white'
set output 'tasks.svg'
set key left top
set grid
set xlabel 'tasks'
set ylabel 'ms a step'
set logscale x 2
set logscale y
plot 'tasks.csv' using 1:6 title 'textbook simulator' with linespoints lw 2 pt 7, \
     'tasks.csv' using 1:4 title 'qmtl' with linespoints lw 2 pt 7
