# a comment
@problemName P
@timeStamps false
@missing false
@univariate true
@equalLength true
@seriesLength 3
@classLabel true 1 2
@data
1,-2.5,3e2:1
0.1,0,-0:2
