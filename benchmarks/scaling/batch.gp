set datafile separator ','
set terminal svg size 720,440 background 'white'
set output 'batch.svg'
set key left top
set grid
set xlabel 'samples a batch'
set ylabel 'ms a step'
set logscale x 2
set logscale y
plot 'batch.csv' using 1:2 title 'qmtl' with linespoints lw 2 pt 7
