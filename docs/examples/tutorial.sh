# The commands of the plugin tutorial, in the order in which a reader types them.

# [hello]
python -m pip install ./ten_lines
socialdesk plugins
# [end]
# [hear]
python hear_hello.py
# [end]
# [chirp]
python -m pip install ./hello_plugin
socialdesk plugins
# [end]
# [test]
python -m pytest hello_plugin/tests
# [end]
