-- Takes what is left of one segment out of `spans`, before all of it is put back.
delete from spans
where segment = {segment:UInt64}
