/* SPDX-License-Identifier: MIT */
/*
 * commands.h - what threadbare can be asked for.
 *
 * Each takes its own arguments, with its own name in argv[0], and returns the
 * program's exit status: 0, or 1 where something was not as it should be.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

int command_list(int argc, char **argv);
int command_run(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_matrix(int argc, char **argv);
int command_trace(int argc, char **argv);
int command_explore(int argc, char **argv);
int command_ps(int argc, char **argv);

#endif
