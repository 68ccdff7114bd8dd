#!/usr/bin/env node
import { runProgram } from './program.js';
import { processTerminal } from './terminal.js';

// Everything has been stopped by now; a connection that somebody else keeps open must not hold up the exit.
process.exit(await runProgram(process.argv.slice(2), processTerminal()));
