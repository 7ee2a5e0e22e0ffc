#include "config.h"

#include "jail/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A filter compares numbers, which differ from machine to machine. */
#if defined __x86_64__ && !defined __ILP32__
#define FILTER_MACHINE AUDIT_ARCH_X86_64
#elif defined __aarch64__ && !defined __AARCH64EB__
#define FILTER_MACHINE AUDIT_ARCH_AARCH64
#elif defined __riscv && __riscv_xlen == 64
#define FILTER_MACHINE AUDIT_ARCH_RISCV64
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
#define FILTER_MACHINE AUDIT_ARCH_PPC64LE
#endif

#ifdef FILTER_MACHINE

enum {
	RULES_MAX = 64,
	PROGRAM_MAX = 4 + RULES_MAX * 6 + 1,
};

/* A call is let through when the low half of argument `argument`, cut to mask, is value. A mask of 0
 * lets it through whatever its arguments. With deny it fails with EPERM, which libc can live with. */
struct rule {
	uint32_t call;
	uint32_t argument;
	uint32_t mask;
	uint32_t value;
	bool deny;
};

struct rules {
	struct rule rows[RULES_MAX];
	size_t count;
};

static void let(struct rules *rules, long call)
{
	rules->rows[rules->count++] = (struct rule){ .call = (uint32_t)call };
}

static void let_if(struct rules *rules, long call, uint32_t argument, uint32_t mask, uint32_t value)
{
	rules->rows[rules->count++] = (struct rule){ (uint32_t)call, argument, mask, value, false };
}

static void deny(struct rules *rules, long call)
{
	rules->rows[rules->count++] = (struct rule){ .call = (uint32_t)call, .deny = true };
}

#define WHOLE UINT32_MAX

/* What a process needs to compute, to end, and to die as it would outside. */
static void add_common(struct rules *rules)
{
	uint32_t self = (uint32_t)getpid();

	let(rules, SYS_brk);
	let(rules, SYS_munmap);
	let(rules, SYS_mremap);
	let(rules, SYS_madvise);
	let(rules, SYS_futex);
	let(rules, SYS_getrandom);
	let(rules, SYS_clock_gettime);
	let(rules, SYS_rt_sigprocmask);
	let(rules, SYS_rt_sigreturn);
	let(rules, SYS_restart_syscall);
	let(rules, SYS_exit);
	let(rules, SYS_exit_group);
	/* abort() */
	let(rules, SYS_getpid);
	let(rules, SYS_gettid);
	let_if(rules, SYS_tgkill, 0, WHOLE, self);
}

/* What the dynamic linker needs besides. It opens read-only and close-on-exec, and Landlock lets it
 * open the plugin alone. */
static void add_load(struct rules *rules)
{
	let(rules, SYS_recvfrom);
	let(rules, SYS_sendto);
	let(rules, SYS_read);
	let(rules, SYS_pread64);
	let(rules, SYS_lseek);
	let(rules, SYS_close);
	let(rules, SYS_fstat);
	let(rules, SYS_mmap);
	let(rules, SYS_mprotect);
	let_if(rules, SYS_openat, 2, WHOLE, O_RDONLY | O_CLOEXEC);
#ifdef SYS_newfstatat
	let_if(rules, SYS_newfstatat, 3, WHOLE, AT_EMPTY_PATH);
	/* It looks for libraries that a plugin must not need, then says which one. */
	deny(rules, SYS_newfstatat);
#endif
#ifdef SYS_readlink
	deny(rules, SYS_readlink);
#endif
	deny(rules, SYS_readlinkat);
	let_if(rules, SYS_write, 0, WHOLE, STDOUT_FILENO);
	let_if(rules, SYS_write, 0, WHOLE, STDERR_FILENO);
	/* For the next list. A constructor's own filter takes calls away and gives none, but it can keep this
	 * list from being replaced: so this list must hold by itself. */
	let_if(rules, SYS_seccomp, 1, WHOLE, 0);
}

static void add_run(struct rules *rules, int socket)
{
	let_if(rules, SYS_recvfrom, 0, WHOLE, (uint32_t)socket);
	let_if(rules, SYS_sendto, 0, WHOLE, (uint32_t)socket);
	let_if(rules, SYS_write, 0, WHOLE, STDOUT_FILENO);
	let_if(rules, SYS_write, 0, WHOLE, STDERR_FILENO);
	let_if(rules, SYS_mmap, 2, PROT_EXEC, 0);
	let_if(rules, SYS_mprotect, 2, PROT_EXEC, 0);
	/* printf() asks these of stdout, which is /dev/null. */
	deny(rules, SYS_fstat);
	deny(rules, SYS_ioctl);
#ifdef SYS_newfstatat
	deny(rules, SYS_newfstatat);
#endif
}

struct program {
	struct sock_filter code[PROGRAM_MAX];
	unsigned short length;
};

static void emit(struct program *program, unsigned code, uint32_t k, unsigned yes, unsigned no)
{
	program->code[program->length++] =
		(struct sock_filter){ (unsigned short)code, (unsigned char)yes, (unsigned char)no, k };
}

static void load_word(struct program *program, size_t offset)
{
	emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The accumulator holds the number of the call, before and after. */
static void emit_rule(struct program *program, const struct rule *rule)
{
	uint32_t verdict = rule->deny ? SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA) : SECCOMP_RET_ALLOW;

	if (rule->mask == 0) {
		emit(program, BPF_JMP | BPF_JEQ | BPF_K, rule->call, 0, 1);
		emit(program, BPF_RET | BPF_K, verdict, 0, 0);
		return;
	}
	emit(program, BPF_JMP | BPF_JEQ | BPF_K, rule->call, 0, 5);
	/* The low half comes first on all these machines. */
	load_word(program, offsetof(struct seccomp_data, args) + rule->argument * sizeof(uint64_t));
	emit(program, BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
	emit(program, BPF_JMP | BPF_JEQ | BPF_K, rule->value, 0, 1);
	emit(program, BPF_RET | BPF_K, verdict, 0, 0);
	load_word(program, offsetof(struct seccomp_data, nr));
}

/* What is on no list kills the process. So does a call by another machine's numbers (32 bits); those of
 * x32 are like no number on the lists. */
static void compile(struct program *program, const struct rules *rules)
{
	load_word(program, offsetof(struct seccomp_data, arch));
	emit(program, BPF_JMP | BPF_JEQ | BPF_K, FILTER_MACHINE, 1, 0);
	emit(program, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	load_word(program, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < rules->count; i++)
		emit_rule(program, &rules->rows[i]);
	emit(program, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
}

bool filter_available(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int filter_install(enum filter_phase phase, int socket)
{
	struct rules rules = { .count = 0 };
	struct program program = { .length = 0 };
	struct sock_fprog loaded;

	add_common(&rules);
	if (phase == FILTER_LOAD)
		add_load(&rules);
	else
		add_run(&rules, socket);
	compile(&program, &rules);
	loaded = (struct sock_fprog){ program.length, program.code };
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &loaded);
}

#else

bool filter_available(void)
{
	return false;
}

int filter_install(enum filter_phase phase, int socket)
{
	(void)phase;
	(void)socket;
	errno = ENOSYS;
	return -1;
}

#endif
