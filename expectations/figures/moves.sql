-- One row a figure of the catalogue: how it stands against the one released for the year before. A declaration
-- that names both values lets a figure leave its band.
with

before as (

    select
        figure_id,
        value
    from landing.released_figures
    where
        year = getvariable('report_year') - 1
        and value is not null

),

declared as (

    select
        key as figure_id,
        old as value_before,
        new as value_now
    from landing.restatements
    where kind = 'figure'

),

compared as (

    select
        figure_catalogue.figure_id,
        figure_moves.value,
        figure_moves.previous_value,
        figure_moves.relative_move,
        figure_moves.move_band,
        figure_moves.is_within_band,
        before.value as released_value,
        not coalesce(
            figure_moves.previous_value = before.value,
            figure_moves.previous_value is null and before.value is null
        ) as is_left_out
    from figure_catalogue
    left join figure_moves
        on figure_catalogue.figure_id = figure_moves.figure_id
    left join before
        on figure_catalogue.figure_id = before.figure_id

),

moves_declared as (

    select distinct compared.figure_id
    from compared
    inner join declared
        on compared.figure_id = declared.figure_id
    where
        says_the_same(declared.value_before, plain_number(compared.previous_value))
        and says_the_same(declared.value_now, plain_number(compared.value))

),

final as (

    select
        compared.figure_id,
        compared.value,
        compared.previous_value,
        compared.relative_move,
        compared.move_band,
        case
            when compared.is_left_out then 'not compared'
            when compared.released_value is null then 'nothing before'
            when compared.is_within_band is null then 'from or to nothing'
            when compared.is_within_band then 'within'
            when moves_declared.figure_id is not null then 'beyond, as declared'
            else 'beyond'
        end as move
    from compared
    left join moves_declared
        on compared.figure_id = moves_declared.figure_id

)

select * from final
order by figure_id
