with

figures as (

    select * from {{ ref('figures') }}

),

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

year_before as (

    select * from {{ ref('int_figures_prior_year') }}

),

moves as (

    select
        figures.figure_id,
        figures.value,
        year_before.release as previous_release,
        year_before.value as previous_value,
        figures.value - year_before.value as move,
        greatest(figures.value, year_before.value) as larger,
        least(figures.value, year_before.value) as smaller,
        catalogue.unit,
        catalogue.move_band
    from figures
    inner join catalogue
        on figures.figure_id = catalogue.figure_id
    left join year_before
        on figures.figure_id = year_before.figure_id

),

final as (

    select
        -- ids
        figure_id,
        previous_release,

        -- numerics
        cast(value as decimal(18, 4)) as value,
        cast(previous_value as decimal(18, 4)) as previous_value,
        cast(move as decimal(18, 4)) as move,
        case
            when previous_value <> 0 then cast(round(move / previous_value, 4) as decimal(18, 4))
        end as relative_move,
        cast(move_band as decimal(18, 4)) as move_band,

        -- booleans
        -- A share moves by points, a count by a factor; of a few more or less a factor says nothing.
        case
            when unit = 'percent' then abs(move) <= 100 * move_band
            when previous_value <> 0 and value is not null
                then abs(move) < 10 or larger <= (1 + move_band) * smaller
        end as is_within_band
    from moves

)

select * from final
