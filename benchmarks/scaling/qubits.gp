set datafile separator ','
set terminal svg size 720,440 background 'white'
set output 'qubits.svg'
set key left top
set grid
set xlabel 'qubits'
set ylabel 'ms a step'
set logscale y
plot 'qubits.csv' using 1:6 title 'textbook simulator, CX ring' with linespoints lw 2 pt 7, \
     'qubits.csv' using 1:4 title 'CX ring' with linespoints lw 2 pt 7, \
     'qubits.csv' using 1:5 title 'CZ ring, light cones' with linespoints lw 2 pt 7
