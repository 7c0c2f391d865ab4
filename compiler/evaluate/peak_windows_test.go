package evaluate

// peakOf: the job object is what limits a child here, and it keeps no account after it is closed.
func peakOf(*process) int64 { return 0 }
