# [two]
./dev demo
./dev test
# [end]
