"""What more than one question uses: the program, jobs, processes and times, tables, images, networks."""
