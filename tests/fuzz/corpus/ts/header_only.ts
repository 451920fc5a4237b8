@classLabel true a
@data
