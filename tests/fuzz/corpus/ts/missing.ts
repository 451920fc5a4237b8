@missing true
@classLabel true a
@data
1,?,NaN:a
