"""What a command says where it cannot do what was asked."""


def one_clear_line(answer, *, has, status=1):
    """Tell whether an answer is nothing but one line on standard error, with some words in it."""
    ended, out, err = answer
    return (
        ended == status
        and out == ""
        and err.count("\n") == 1
        and err.startswith("error: ")
        and has in err
    )
