"""Makes the bundled model from parallel text: `python -m training --data FOLDER --work FOLDER`. Not part of the installed package."""
