"""The Market tab: transport, ladder, depth, price chart, tape, stress."""
