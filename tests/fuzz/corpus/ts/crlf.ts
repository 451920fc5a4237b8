@PROBLEMNAME x
@ClassLabel True a
@path /x

@DATA
 +1 , 2 : a
