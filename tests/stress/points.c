/* SPDX-License-Identifier: MIT */
/* points.c - what happens at each point of points.S: any ready thread may go
 * on. Which one is the policy's choice; points.sh takes the one by chance. */
void __real_thread_yield(void);
void stress_point(void);

void
stress_point(void)
{
    __real_thread_yield();
}
