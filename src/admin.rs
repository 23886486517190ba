//! The command line of technicians, supervisors and the server room.
