//! The central store. Not built yet: the program says so and ends.
