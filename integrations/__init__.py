"""The platforms a merchant's facts come from and go to: writes commerce, reads segments."""
