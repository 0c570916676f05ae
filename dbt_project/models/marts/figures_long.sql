with

figures as (

    select * from {{ ref('figures') }}

),

measured as (

    select
        figure_id,
        'value' as measure,
        value as amount
    from figures

    union all

    select
        figure_id,
        'numerator' as measure,
        numerator as amount
    from figures

    union all

    select
        figure_id,
        'denominator' as measure,
        denominator as amount
    from figures

),

final as (

    select
        figures.year,
        figures.figure_id,
        measured.measure,
        figures.area,
        figures.unit,
        measured.amount
    from figures
    inner join measured on figures.figure_id = measured.figure_id
    where measured.amount is not null

)

select * from final
